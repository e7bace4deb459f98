//! Folder names for fetched packages.

use std::path::Path;

use crate::mip::is_mip_url;
use crate::net::mip::Fetched;
use crate::program::Environment;
use crate::read::is_package_name;

/// The name of the folder for a package: its name in the index, else the name in its `package.json`, else
/// the last part of its URL.
pub(super) fn name_of(fetched: &Fetched, environment: &Environment) -> String {
    let is_file = Path::new(&fetched.name).extension().is_some_and(|ending| ending == "json");
    if is_package_name(&fetched.name) && !is_file {
        return fetched.name.clone();
    }
    if let Some(name) = fetched.package_json.name.as_ref().filter(|name| is_package_name(name)) {
        return name.clone();
    }
    let path = match environment.absolute(Path::new(&fetched.name)) {
        Ok(path) if !is_mip_url(&fetched.name) => path.display().to_string(),
        _ => fetched.name.split(['?', '#']).next().unwrap_or_default().to_owned(),
    };
    let path = path.strip_suffix("package.json").unwrap_or(&path).trim_end_matches(['/', '\\']);
    stem(path.rsplit(['/', '\\', ':']).next().unwrap_or_default()).to_owned()
}

/// The file name without the extension of a module or `package.json`.
fn stem(file_name: &str) -> &str {
    let endings = [".py", ".mpy", ".json"];
    endings.iter().find_map(|ending| file_name.strip_suffix(ending)).unwrap_or(file_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mip::PackageJson;

    fn named(asked: &str, own: Option<&str>) -> String {
        let fetched = Fetched {
            name: asked.to_owned(),
            version: "HEAD".to_owned(),
            package_json: PackageJson { name: own.map(str::to_owned), ..PackageJson::default() },
            files: Vec::new(),
            deps: Vec::new(),
        };
        name_of(&fetched, &Environment::of_tests())
    }

    #[test]
    fn an_index_names_its_packages() {
        assert_eq!(named("umqtt.simple", Some("other")), "umqtt.simple");
    }

    #[test]
    fn others_call_themselves_something() {
        assert_eq!(named("github:org/repo", Some("foo-bar")), "foo-bar");
        assert_eq!(named("package.json", Some("foo")), "foo");
    }

    #[test]
    fn else_the_place_is_their_name() {
        for (asked, name) in [
            ("github:org/repo", "repo"),
            ("gitlab:org/repo/deep/", "deep"),
            ("codeberg:org/repo/package.json", "repo"),
            ("https://example.com/a/driver.py", "driver"),
            ("https://example.com/a/foo.json?raw=1", "foo"),
            ("some/where/package.json", "where"),
            ("some/foo.json", "foo"),
        ] {
            assert_eq!(named(asked, Some("no name")), name, "{asked}");
        }
        let here = std::env::current_dir().unwrap();
        assert_eq!(named("package.json", None), here.file_name().unwrap().to_str().unwrap());
    }
}
