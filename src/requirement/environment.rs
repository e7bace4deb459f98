//! The environment that markers are evaluated for: MicroPython on a board.

use std::str::FromStr;

use pep440_rs::Version;

use crate::error::{Error, Result};

/// The newest Python 3 that markers are likely to name.
const NEWEST_MINOR: u64 = 20;

/// The device that environment markers are evaluated for, in place of the host.
///
/// What MicroPython does not know (`os_name`, `platform_machine`, `platform_system` and the like)
/// is the empty text, so that no comparison with a system's name holds.
///
/// ```
/// use mpconvert::requirement::TargetEnvironment;
///
/// let environment = TargetEnvironment::default();
/// assert_eq!(environment.value("implementation_name"), Some("micropython"));
/// assert_eq!(environment.value("python_full_version"), Some("3.14.0"));
/// assert!(TargetEnvironment::new("rp2", "three").is_err());
/// # Ok::<(), mpconvert::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetEnvironment {
    sys_platform: String,
    python_version: String,
    python_full_version: String,
}

impl TargetEnvironment {
    /// `sys.platform` of the port that most boards run.
    pub const SYS_PLATFORM: &'static str = "esp32";
    /// The newest Python. MicroPython calls itself 3.4, which would bring backports that it does not
    /// need and leave out what newer releases of a project depend on.
    pub const PYTHON_VERSION: &'static str = "3.14";

    /// An environment with `sys.platform` and the version of Python, such as `3.14` or `3.14.0`.
    ///
    /// # Errors
    /// [`Error::Usage`] if `python_version` does not follow PEP 440.
    pub fn new(sys_platform: impl Into<String>, python_version: &str) -> Result<Self> {
        let version = Version::from_str(python_version).map_err(|_| Error::Usage {
            message: format!("`{python_version}` is not a version of Python"),
            help: "give two or three numbers, such as 3.14".to_owned(),
        })?;
        let part = |index: usize| version.release().get(index).copied().unwrap_or(0);
        Ok(Self {
            sys_platform: sys_platform.into(),
            python_version: format!("{}.{}", part(0), part(1)),
            python_full_version: format!("{}.{}.{}", part(0), part(1), part(2)),
        })
    }

    /// The same device with each newer version of Python 3 that there is or will be soon.
    pub(crate) fn newer(&self) -> impl Iterator<Item = Self> {
        let current = self.python_version.strip_prefix("3.").and_then(|minor| minor.parse().ok());
        let first = current.map_or(NEWEST_MINOR + 1, |minor: u64| minor.saturating_add(1));
        (first..=NEWEST_MINOR).map(|minor| Self {
            sys_platform: self.sys_platform.clone(),
            python_version: format!("3.{minor}"),
            python_full_version: format!("3.{minor}.0"),
        })
    }

    /// The value of a marker's variable (PEP 508, with the older spellings that have dots), or
    /// `None` where there is no variable of that name. `extra` is not a part of the environment.
    #[must_use]
    pub fn value(&self, variable: &str) -> Option<&str> {
        Some(match variable {
            "sys_platform" | "sys.platform" => &self.sys_platform,
            "python_version" => &self.python_version,
            "python_full_version" | "implementation_version" => &self.python_full_version,
            "implementation_name" => "micropython",
            "platform_python_implementation"
            | "platform.python_implementation"
            | "python_implementation" => "MicroPython",
            "os_name" | "os.name" | "platform_machine" | "platform.machine"
            | "platform_release" | "platform_system" | "platform_version" | "platform.version" => {
                ""
            }
            _ => return None,
        })
    }
}

impl Default for TargetEnvironment {
    fn default() -> Self {
        Self {
            sys_platform: Self::SYS_PLATFORM.to_owned(),
            python_version: Self::PYTHON_VERSION.to_owned(),
            python_full_version: format!("{}.0", Self::PYTHON_VERSION),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_consistent() {
        let environment = TargetEnvironment::new("rp2", "3.12.4").unwrap();
        assert_eq!(environment.value("sys_platform"), Some("rp2"));
        assert_eq!(environment.value("python_version"), Some("3.12"));
        assert_eq!(environment.value("python_full_version"), Some("3.12.4"));
        assert_eq!(
            TargetEnvironment::new(TargetEnvironment::SYS_PLATFORM, "3.14").unwrap(),
            TargetEnvironment::default()
        );
        assert_eq!(environment.value("extra"), None);
    }
}
