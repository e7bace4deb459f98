//! Plugins of setuptools that put what version control knows into source distributions.

use crate::read::backend::build_tool::required_name;

pub(super) const SCM: &str = "setuptools_scm";

/// The packages that bring such a plugin (an entry point of the group `setuptools.file_finders`).
const FINDERS: [&str; 9] = [
    SCM,
    "setuptools_git",
    "setuptools_git_ls_files",
    "setuptools_scm_git_archive",
    "setuptools_hg",
    "setuptools_svn",
    "setuptools_subversion",
    "setuptools_bzr",
    "setuptools_darcs",
];

/// The plugin that is there where these requirements are.
pub(super) fn required<'a>(
    requirements: impl IntoIterator<Item = &'a String>,
) -> Option<&'static str> {
    requirements.into_iter().find_map(|requirement| {
        let name = required_name(requirement);
        FINDERS.into_iter().find(|finder| *finder == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_known_by_their_normalized_names() {
        let found =
            |lines: &[&str]| required(&lines.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(found(&["wheel", " Setuptools-SCM[toml] >= 3.4"]), Some(SCM));
        assert_eq!(found(&["setuptools>=61", "setuptools-scm-semver", ""]), None);
    }
}
