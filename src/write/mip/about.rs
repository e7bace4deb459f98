//! The fields of a `package.json` about its project, which clients ignore.

use mailparse::MailAddr;

use crate::metadata::Metadata;
use crate::mip::PackageJson;
use crate::package::Package;

/// Letters of a `License` field above which it is taken for a whole text.
const MAX_LICENSE_LENGTH: usize = 80;

/// Labels of `Project-URL` for where a project is described, best first, in the normal spelling of
/// the specification "Well-known Project URLs in Metadata".
const HOMEPAGES: [&str; 5] = ["homepage", "source", "repository", "sourcecode", "github"];

/// A `package.json` without files and dependencies, with the fields about the project from the
/// metadata of `package`.
#[must_use]
pub fn about(package: &Package) -> PackageJson {
    let metadata = &package.metadata;
    PackageJson {
        name: Some(package.name.clone()),
        version: package.is_versioned.then(|| package.version.to_string()),
        description: metadata.summary.as_deref().and_then(in_a_line),
        license: license(metadata),
        author: author(metadata),
        homepage: homepage(metadata),
        ..PackageJson::default()
    }
}

/// The text with single spaces for all white space; `None` if nothing is left.
fn in_a_line(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// The expression, else the name in `License`, else that of the first classifier.
fn license(metadata: &Metadata) -> Option<String> {
    let name = || {
        let text = metadata.license.as_deref()?.trim();
        let is_name = text.chars().count() <= MAX_LICENSE_LENGTH && !text.contains('\n');
        is_name.then(|| in_a_line(text))?
    };
    let classifier = || {
        let names = metadata.classifiers.iter().filter_map(|classifier| {
            let name = classifier.strip_prefix("License ::")?.rsplit("::").next()?.trim();
            (name != "OSI Approved").then(|| name.to_owned())
        });
        names.into_iter().next()
    };
    metadata.license_expression.as_deref().and_then(in_a_line).or_else(name).or_else(classifier)
}

/// The names that go with the addresses and then those without one, which are in `Author` (PEP 621);
/// the addresses if nobody is named.
fn author(metadata: &Metadata) -> Option<String> {
    let without_address = metadata.author.as_deref().and_then(in_a_line);
    let Some(text) = metadata.author_email.as_deref() else { return without_address };
    let Ok(addresses) = mailparse::addrparse(text) else {
        return without_address.or_else(|| in_a_line(text));
    };
    let name = |address: &MailAddr| match address {
        MailAddr::Single(one) => one.display_name.as_deref().and_then(in_a_line),
        MailAddr::Group(group) => in_a_line(&group.group_name),
    };
    let either = |address: &MailAddr| match address {
        MailAddr::Single(one) => name(address).unwrap_or_else(|| one.addr.clone()),
        MailAddr::Group(group) => group.group_name.clone(),
    };
    let Some(others) = without_address else {
        return in_a_line(&addresses.iter().map(either).collect::<Vec<_>>().join(", "));
    };
    let mut names: Vec<String> = addresses.iter().filter_map(name).collect();
    let words: Vec<String> =
        names.iter().flat_map(|name| name.split_whitespace()).map(str::to_lowercase).collect();
    // Older tools write all names into `Author`, too.
    let is_new =
        |part: &&str| part.split_whitespace().any(|word| !words.contains(&word.to_lowercase()));
    names.extend(others.split(',').map(str::trim).filter(is_new).map(str::to_owned));
    in_a_line(&names.join(", "))
}

/// The home page, else the URL under the best of the labels.
fn homepage(metadata: &Metadata) -> Option<String> {
    metadata.home_page.as_deref().and_then(in_a_line).or_else(|| {
        let labelled = |wanted: &&str| {
            metadata.project_urls.iter().find_map(|entry| {
                let (label, url) = entry.split_once(',')?;
                let label = label.chars().filter(|letter| letter.is_alphanumeric());
                let label = label.collect::<String>().to_lowercase();
                (label == *wanted).then(|| in_a_line(url))?
            })
        };
        HOMEPAGES.iter().find_map(labelled)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &str) -> PackageJson {
        let mut package = Package::empty("foo", "1.0".parse().unwrap());
        let text = format!("Metadata-Version: 2.4\nName: foo\nVersion: 1.0\n{fields}\n");
        package.metadata = Metadata::parse(text.as_bytes(), "METADATA").0;
        about(&package)
    }

    #[test]
    fn the_best_field_counts() {
        for (fields, license) in [
            ("License-Expression: MIT\nLicense: BSD\n", Some("MIT")),
            ("License: BSD 3\nClassifier: License :: OSI Approved :: MIT License\n", Some("BSD 3")),
            ("License: a\n        whole text\nClassifier: License :: OSI Approved\n", None),
            (
                "Classifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: MIT License\n",
                Some("MIT License"),
            ),
        ] {
            assert_eq!(of(fields).license.as_deref(), license, "{fields}");
        }
        for (fields, author) in [
            ("Author: Me\nAuthor-email: You <you@host>\n", Some("You, Me")),
            ("Author: Ann B\nAuthor-email: a@host\n", Some("Ann B")),
            ("Author: Ann B, C\nAuthor-email: Ann B <a@host>\n", Some("Ann B, C")),
            ("Author: B, Ann\nAuthor-email: Ann B <a@host>\n", Some("Ann B")),
            ("Author-email: Ann Ä <a@host>, \"B, C\" <b@host>\n", Some("Ann Ä, B, C")),
            ("Author-email: a@host\n", Some("a@host")),
            ("Author-email: no address\n", Some("no address")),
            ("", None),
        ] {
            assert_eq!(of(fields).author.as_deref(), author, "{fields}");
        }
        for (fields, homepage) in [
            ("Home-page: https://a\nProject-URL: Homepage, https://b\n", Some("https://a")),
            (
                "Project-URL: Source Code, https://a\nProject-URL: home-page, https://b\n",
                Some("https://b"),
            ),
            ("Project-URL: Repository, https://a\n", Some("https://a")),
            ("Project-URL: Issues, https://a\n", None),
        ] {
            assert_eq!(of(fields).homepage.as_deref(), homepage, "{fields}");
        }
    }
}
