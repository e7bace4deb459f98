//! Environment markers (PEP 508): parsed once, evaluated for a [`TargetEnvironment`].
//!
//! Written here because the crate `pep508_rs` keeps markers as decision diagrams, whose size is
//! exponential in the length of a hostile marker, and parses parentheses without a limit.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::{Version, VersionSpecifier};

use super::environment::TargetEnvironment;
use crate::name::normalized_name;

/// How deep parentheses may be nested; real markers stay below five.
const MAX_DEPTH: usize = 32;
/// How long a marker may be, in bytes; its evaluation is quadratic in the extras it names.
const MAX_LENGTH: usize = 8192;

/// The condition under which a dependency applies; without one it always does. Cheap to clone.
///
/// ```
/// use mpconvert::requirement::{Marker, TargetEnvironment};
///
/// let marker: Marker = "implementation_name == 'micropython' or extra == 'test'".parse()?;
/// assert!(marker.applies(&TargetEnvironment::default(), &[].into()));
/// # Ok::<(), mpconvert::requirement::Invalid>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    text: Arc<str>,
    condition: Option<Arc<Condition>>,
}

/// Why a text is not a dependency specifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub(crate) String);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Comparison { left: Operand, operator: Operator, right: Operand },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    Variable(String),
    Literal(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Version(&'static str),
}

impl Marker {
    /// The marker as it was written; empty if there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether there is no marker.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.condition.is_none()
    }

    /// Whether the marker holds for `environment` and one of the active `extras`, or none of them.
    /// The extras are normalised.
    #[must_use]
    pub fn applies(&self, environment: &TargetEnvironment, extras: &BTreeSet<String>) -> bool {
        let Some(condition) = &self.condition else { return true };
        // An extra that the marker does not name changes nothing.
        let named = self.extras().into_iter().filter(|extra| extras.contains(extra));
        std::iter::once(String::new())
            .chain(named)
            .any(|extra| condition.holds(environment, &extra))
    }

    /// Whether the marker holds for `environment` and this one extra, or none if it is empty.
    pub(crate) fn holds(&self, environment: &TargetEnvironment, extra: &str) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.holds(environment, extra))
    }

    /// The extras that the marker names, normalised, each once, in the order of naming.
    #[must_use]
    pub fn extras(&self) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(condition) = &self.condition {
            condition.collect_extras(&mut names);
        }
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }

    /// This marker and `other` as one that holds where both do.
    ///
    /// # Errors
    /// [`Invalid`] if the two together are nested too deep.
    pub(crate) fn and(&self, other: &Self) -> Result<Self, Invalid> {
        if self.is_empty() {
            return Ok(other.clone());
        }
        if other.is_empty() {
            return Ok(self.clone());
        }
        format!("{} and {}", self.as_operand(), other.as_operand()).parse()
    }

    fn as_operand(&self) -> String {
        match self.condition.as_deref() {
            Some(Condition::Any(_)) => format!("({})", self.text),
            _ => self.text.to_string(),
        }
    }
}

impl FromStr for Marker {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(Invalid(format!("a marker of more than {MAX_LENGTH} bytes")));
        }
        let mut parser = Parser { rest: text };
        let condition = parser.any_of(0)?;
        if !parser.rest.is_empty() {
            return Err(Invalid(format!("unexpected `{}` in the marker", parser.rest)));
        }
        Ok(Self { text: text.into(), condition: Some(Arc::new(condition)) })
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Condition {
    fn holds(&self, environment: &TargetEnvironment, extra: &str) -> bool {
        match self {
            Self::Any(conditions) => conditions.iter().any(|c| c.holds(environment, extra)),
            Self::All(conditions) => conditions.iter().all(|c| c.holds(environment, extra)),
            Self::Comparison { left, operator, right } => {
                let ((Operand::Variable(variable), _) | (_, Operand::Variable(variable))) =
                    (left, right)
                else {
                    return false;
                };
                let left = left.value(environment, extra);
                let right = right.value(environment, extra);
                operator.compare(left, right, variable.contains("version"))
            }
        }
    }

    fn collect_extras(&self, names: &mut Vec<String>) {
        match self {
            Self::Any(conditions) | Self::All(conditions) => {
                for condition in conditions {
                    condition.collect_extras(names);
                }
            }
            Self::Comparison { left, right, .. } => match (left, right) {
                (Operand::Variable(variable), Operand::Literal(name))
                | (Operand::Literal(name), Operand::Variable(variable))
                    if variable == "extra" =>
                {
                    names.push(name.clone());
                }
                _ => {}
            },
        }
    }
}

impl Operand {
    /// The operand's value under the active `extra`.
    fn value<'a>(&'a self, environment: &'a TargetEnvironment, extra: &'a str) -> &'a str {
        match self {
            Self::Variable(name) if name == "extra" => extra,
            Self::Variable(name) => environment.value(name).unwrap_or_default(),
            Self::Literal(text) => text,
        }
    }
}

impl Operator {
    /// Compares as versions where `right` is one, else as texts, which have no order: as
    /// `packaging.markers` does, by which pip decides.
    fn compare(self, left: &str, right: &str, as_versions: bool) -> bool {
        let operator = match self {
            Self::In => return right.contains(left),
            Self::NotIn => return !right.contains(left),
            Self::Version(operator) => operator,
        };
        if as_versions
            && let Ok(specifier) = VersionSpecifier::from_str(&format!("{operator}{right}"))
        {
            return Version::from_str(left).is_ok_and(|version| specifier.contains(&version));
        }
        match operator {
            "==" | "===" | "<=" | ">=" => left == right,
            "!=" => left != right,
            _ => false,
        }
    }
}

/// A recursive descent over the grammar of PEP 508; `rest` starts without white space.
struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn any_of(&mut self, depth: usize) -> Result<Condition, Invalid> {
        let mut conditions = vec![self.all_of(depth)?];
        while self.eat_word("or") {
            conditions.push(self.all_of(depth)?);
        }
        Ok(single_or(conditions, Condition::Any))
    }

    fn all_of(&mut self, depth: usize) -> Result<Condition, Invalid> {
        let mut conditions = vec![self.comparison(depth)?];
        while self.eat_word("and") {
            conditions.push(self.comparison(depth)?);
        }
        Ok(single_or(conditions, Condition::All))
    }

    fn comparison(&mut self, depth: usize) -> Result<Condition, Invalid> {
        if self.eat("(") {
            if depth == MAX_DEPTH {
                return Err(Invalid("a marker with too many parentheses".to_owned()));
            }
            let condition = self.any_of(depth + 1)?;
            return if self.eat(")") {
                Ok(condition)
            } else {
                Err(Invalid("a marker without its closing parenthesis".to_owned()))
            };
        }
        let mut left = self.operand()?;
        let operator = self.operator()?;
        let mut right = self.operand()?;
        match (&mut left, &mut right) {
            (Operand::Literal(text), Operand::Variable(variable))
            | (Operand::Variable(variable), Operand::Literal(text)) => {
                // Names of extras compare normalised (PEP 685).
                if variable == "extra" {
                    *text = normalized_name(text);
                }
                Ok(Condition::Comparison { left, operator, right })
            }
            _ => Err(Invalid("a marker that does not compare a variable with a string".to_owned())),
        }
    }

    fn operand(&mut self) -> Result<Operand, Invalid> {
        for quote in ["\"", "'"] {
            if let Some(text) = self.rest.strip_prefix(quote) {
                let (literal, rest) = text
                    .split_once(quote)
                    .ok_or_else(|| Invalid("a marker without its closing quote".to_owned()))?;
                self.rest = rest.trim_start();
                return Ok(Operand::Literal(literal.to_owned()));
            }
        }
        let end = self
            .rest
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '.')
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name != "extra" && TargetEnvironment::default().value(name).is_none() {
            let word = if name.is_empty() { self.rest } else { name };
            return Err(Invalid(format!("`{word}` in the marker, which is not a variable")));
        }
        self.rest = rest.trim_start();
        Ok(Operand::Variable(name.to_owned()))
    }

    fn operator(&mut self) -> Result<Operator, Invalid> {
        for operator in ["===", "==", "!=", "<=", ">=", "~=", "<", ">"] {
            if self.eat(operator) {
                return Ok(Operator::Version(operator));
            }
        }
        if self.eat_word("in") {
            Ok(Operator::In)
        } else if self.eat_word("not") && self.eat_word("in") {
            Ok(Operator::NotIn)
        } else {
            Err(Invalid(format!("`{}` in the marker, which is not an operator", self.rest)))
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        self.rest.strip_prefix(token).map(|rest| self.rest = rest.trim_start()).is_some()
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        self.rest.strip_prefix(word).is_some_and(ends) && self.eat(word)
    }
}

fn single_or(mut conditions: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        last => {
            conditions.extend(last);
            join(conditions)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applies(marker: &str, extras: &[&str]) -> bool {
        let extras = extras.iter().map(|extra| normalized_name(extra)).collect();
        marker.parse::<Marker>().unwrap().applies(&TargetEnvironment::default(), &extras)
    }

    #[test]
    fn comparisons_follow_packaging() {
        for marker in [
            "implementation_name == 'micropython'",
            "'micropython' == implementation_name",
            "platform_python_implementation!='CPython'",
            "python_version < '3.100'",
            "'3.100' > python_version",
            "python_version == '3.*'",
            "python_version ~= '3.2'",
            "python_full_version >= '3.14.0'",
            "python_version in '3.3, 3.14'",
            "python_version not in '2.6 2.7'",
            "sys_platform in 'esp32 rp2'",
            "'esp' in sys_platform",
            "os.name == ''",
            "sys_platform == 'win32' or sys_platform != 'linux' and python_version >= '3'",
            "(sys_platform == 'win32' or sys_platform == 'esp32') and python_version >= '3'",
        ] {
            assert!(applies(marker, &[]), "{marker}");
        }
        for marker in [
            "sys_platform > 'a'",
            "sys_platform ~= 'esp32'",
            "platform_release >= '5'",
            "python_version > '3.14'",
            "platform_system != '' and python_version < '4'",
        ] {
            assert!(!applies(marker, &[]), "{marker}");
        }
    }

    #[test]
    fn extras_compare_normalised() {
        assert!(!applies("extra == 'a_B'", &[]));
        assert!(applies("extra == 'a_B'", &["A.b"]));
        assert!(applies("extra != 'test'", &[]));
        let marker: Marker = "extra == 'Dev' and 'test' == extra".parse().unwrap();
        assert_eq!(marker.extras(), ["dev", "test"]);
    }

    #[test]
    fn conjunctions_keep_alternatives_together() {
        let left: Marker = "python_version < '3' or os_name == 'x'".parse().unwrap();
        let right: Marker = "extra == 'y'".parse().unwrap();
        let both = left.and(&right).unwrap();
        assert_eq!(both.as_str(), "(python_version < '3' or os_name == 'x') and extra == 'y'");
        assert_eq!(right.and(&Marker::default()).unwrap(), right);
    }

    #[test]
    fn faults_are_named() {
        let fault = |text: &str| text.parse::<Marker>().unwrap_err().to_string();
        assert_eq!(fault("colour == 'red'"), "`colour` in the marker, which is not a variable");
        assert_eq!(fault("python_version 3"), "`3` in the marker, which is not an operator");
        assert_eq!(fault("os_name == 'x"), "a marker without its closing quote");
        assert_eq!(fault("(os_name == 'x'"), "a marker without its closing parenthesis");
        assert_eq!(fault("'a' == 'b'"), "a marker that does not compare a variable with a string");
        assert_eq!(fault("os_name == 'x' y"), "unexpected `y` in the marker");
        assert_eq!(fault(&"(".repeat(8000)), "a marker with too many parentheses");
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "[a-z_()'\"<>=~! .0-9é]{0,60}") {
            let _ = text.parse::<Marker>();
        }
    }
}
