//! The one registry of finding codes; `mpconvert explain` and the page of codes are made from it.

// Each file holds the rows of a subject, as a macro that adds them to the rows of those before it.
#[macro_use]
mod archive;
#[macro_use]
mod metadata;
#[macro_use]
mod dependencies;
#[macro_use]
mod layout;
#[macro_use]
mod payload;
#[macro_use]
mod output;
#[macro_use]
mod index;
#[macro_use]
mod firmware;
#[macro_use]
mod projects;
#[macro_use]
mod install;

use super::Severity;

/// Declares [`Code`] from all rows: number, severity, title, message, explanation and help.
macro_rules! codes {
    ({ $($variant:ident = $id:literal, $severity:ident, $title:literal, $message:literal,
        $explanation:literal, $help:literal;)* }) => {
        /// The kind of a [`Finding`](super::Finding).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The number that users see. Numbers are never reused.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// How serious a finding with this code is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// The fact in a clause.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The sentence of a finding, with `{path}`, `{found}` and `{expected}`. A part in
            /// brackets only applies to findings that have what it names.
            pub(super) const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }

            /// Why it matters on a device or for its installer.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }

            /// What the user can do about it.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

archive! { metadata dependencies layout payload output index firmware projects install codes {} }

impl Code {
    /// The code whose number is `id`, in any case.
    ///
    /// ```
    /// assert_eq!(mpconvert::Code::find("mp501"), Some(mpconvert::Code::NativeCode));
    /// ```
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::find(&id).ok_or_else(|| serde::de::Error::custom(format!("unknown code `{id}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_texts_are_written_alike() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].id() < pair[1].id()));
        for code in Code::ALL {
            assert!(code.explanation().ends_with('.'), "{}", code.id());
            assert!(!code.title().ends_with('.') && !code.help().ends_with('.'), "{}", code.id());
            let optional = code.message().split(['[', ']']).skip(1).step_by(2);
            assert!(optional.clone().all(|part| part.contains("{expected}")), "{}", code.id());
        }
    }
}
