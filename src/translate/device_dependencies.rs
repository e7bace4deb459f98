//! Dependencies that only the settings of a project name: packages that the device needs and that no
//! index for computers has.

use std::path::Path;

use super::{Alias, Aliases};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::package::Package;
use crate::requirement::Requirement;

/// How alike two names are where one may be a slip of the other (Jaro-Winkler).
const LIKENESS: f64 = 0.9;
/// How many letters such a slip changes at most.
const MAX_SLIP: usize = 2;

/// Adds the names in the settings of the project itself that `package` does not declare, and reports
/// those that change nothing or look misspelled. `folder` is that of the project, unless the package
/// is from an archive.
///
/// Settings also hold for other inputs below their folder, whose dependencies they do not complete.
pub(crate) fn add_device_dependencies(
    package: &mut Package,
    folder: Option<&Path>,
    aliases: &Aliases,
) {
    if !is_owner(package, folder, aliases) {
        return;
    }
    let declared: Vec<String> =
        package.requirements.iter().map(|requirement| normalized_name(&requirement.name)).collect();
    for (name, alias) in aliases.iter() {
        if declared.iter().any(|known| known == name) {
            continue;
        }
        // A declared name with a setting of its own is not what somebody failed to write here.
        let unset = declared.iter().filter(|known| aliases.get(known).is_none());
        let nearest = nearest(name, unset);
        let meant = nearest.map(|near| format!("did you mean `{near}`?"));
        let is_dropped = *alias == Alias::Dropped;
        if is_dropped
            || nearest.is_some_and(|near| strsim::damerau_levenshtein(name, near) <= MAX_SLIP)
        {
            let found = if is_dropped { "false" } else { "a name much like a declared one" };
            let finding = Finding::new(Code::NoSuchDependency, found).at(name);
            package.findings.push(match meant {
                Some(meant) => finding.hint(meant),
                None => finding,
            });
        }
        if !is_dropped {
            package.findings.push(Finding::new(Code::DependencyAdded, alias.to_string()).at(name));
            package.requirements.push(Requirement::bare(name));
        }
    }
}

fn is_owner(package: &Package, folder: Option<&Path>, aliases: &Aliases) -> bool {
    let Some(owner) = aliases.owner() else { return false };
    let is_named = owner
        .name
        .as_ref()
        .is_some_and(|name| normalized_name(name) == normalized_name(&package.name));
    let is_there = folder.is_some_and(|folder| {
        let whole = |path: &Path| Path::new(".").join(path).canonicalize().ok();
        whole(folder).is_some_and(|folder| whole(&owner.folder) == Some(folder))
    });
    is_named || is_there
}

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    names
        .map(|other| (strsim::jaro_winkler(name, other), other.as_str()))
        .filter(|(likeness, _)| *likeness > LIKENESS)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dependencies, and the codes and subjects of the findings.
    fn added(owner: Option<&str>, settings: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut package = Package::empty("Own_Name", "1.0".parse().unwrap());
        package.requirements.push("micropython-senml>=1".parse().unwrap());
        let alias = |(name, text): &(&str, &str)| {
            let alias = if text.is_empty() { Alias::Dropped } else { text.parse().unwrap() };
            ((*name).to_owned(), alias)
        };
        let aliases: Aliases = settings.iter().map(alias).collect();
        add_device_dependencies(&mut package, None, &aliases.owned(Path::new("none"), owner));
        let told = |finding: &Finding| {
            format!("{} {}", finding.code.id(), finding.path.as_deref().unwrap_or_default())
        };
        (
            package.requirements.iter().map(ToString::to_string).collect(),
            package.findings.iter().map(told).collect(),
        )
    }

    #[test]
    fn undeclared_names_in_settings_are_dependencies_of_the_device() {
        let settings = [("Logging", "logging@0.6.1"), ("micropython-senml", "senml"), ("gone", "")];
        let (requirements, findings) = added(Some("own-name"), &settings);
        assert_eq!(requirements, ["micropython-senml>=1", "logging"]);
        assert_eq!(findings, ["MP326 gone", "MP325 logging"]);
        assert_eq!(added(Some("other"), &settings).0, ["micropython-senml>=1"]);
        assert_eq!(added(None, &settings).0, ["micropython-senml>=1"]);
    }

    #[test]
    fn misspelled_names_in_settings_are_told() {
        let (_, findings) = added(Some("own-name"), &[("micropython-senlm", "senml")]);
        assert_eq!(findings, ["MP326 micropython-senlm", "MP325 micropython-senlm"]);
        let (requirements, findings) = added(Some("own-name"), &[("micropython_senlm", "")]);
        assert_eq!(findings, ["MP326 micropython-senlm"]);
        assert_eq!(requirements, ["micropython-senml>=1"]);
    }
}
