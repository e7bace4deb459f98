//! The arguments of the functions that a manifest calls.

use std::collections::BTreeMap;

use super::function::Function;
use super::statement::{Call, Value};
use crate::finding::{Code, Finding};

/// The arguments of a call by the names of the parameters.
pub(super) struct Arguments(BTreeMap<&'static str, Value>);

impl Arguments {
    /// Gives each argument of `call` to a parameter.
    ///
    /// # Errors
    /// [`Code::ManifestInvalid`] for what Python would not call.
    pub(super) fn of(function: &'static Function, call: Call) -> Result<Self, Finding> {
        let fault = |found: String| Err(Finding::new(Code::ManifestInvalid, found));
        let most = if function.takes_positional { function.parameters.len() } else { 0 };
        if call.positional.len() > most {
            return fault(format!("{} arguments for `{}`", call.positional.len(), function.name));
        }
        let mut bound = BTreeMap::new();
        let names = function.parameters.iter().copied();
        bound.extend(names.clone().zip(call.positional));
        for (name, value) in call.keywords {
            let Some(parameter) = names.clone().find(|parameter| *parameter == name) else {
                if name == "**" {
                    return Err(computed(function.name));
                }
                if function.takes_others {
                    continue;
                }
                return fault(format!("an unexpected argument `{name}` of `{}`", function.name));
            };
            if bound.insert(parameter, value).is_some() {
                return fault(format!("two arguments `{name}` of `{}`", function.name));
            }
        }
        match function.parameters[..function.required]
            .iter()
            .find(|name| !bound.contains_key(*name))
        {
            Some(name) => fault(format!("no argument `{name}` of `{}`", function.name)),
            None => Ok(Self(bound)),
        }
    }

    /// The text of an argument; `None` for one that is not given, or `None` itself.
    ///
    /// # Errors
    /// [`Code::ManifestComputed`], or [`Code::ManifestInvalid`] for another value.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, Finding> {
        match self.0.get(name) {
            None | Some(Value::Nothing) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(value) => Err(wrong(name, value, "a string")),
        }
    }

    /// The text of an argument that has to be one.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub(super) fn needed(&self, name: &'static str) -> Result<String, Finding> {
        self.text(name)?.ok_or_else(|| wrong(name, &Value::Nothing, "a string"))
    }

    /// The texts of an argument that is a list; `None` for one that is not given, or `None` itself.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub(super) fn texts(&self, name: &'static str) -> Result<Option<Vec<String>>, Finding> {
        match self.0.get(name) {
            None | Some(Value::Nothing) => Ok(None),
            Some(Value::List(items)) => {
                let text = |item: &Value| match item {
                    Value::Text(text) => Ok(text.clone()),
                    value => Err(wrong(name, value, "strings")),
                };
                items.iter().map(text).collect::<Result<_, _>>().map(Some)
            }
            Some(value) => Err(wrong(name, value, "a list of strings")),
        }
    }

    /// Whether an argument is a list.
    pub(super) fn is_list(&self, name: &'static str) -> bool {
        matches!(self.0.get(name), Some(Value::List(_)))
    }
}

fn wrong(name: &str, value: &Value, expected: &str) -> Finding {
    match value {
        Value::Computed => computed(name),
        _ => Finding::new(Code::ManifestInvalid, format!("an invalid value for `{name}`"))
            .expected(expected),
    }
}

fn computed(name: &str) -> Finding {
    Finding::new(Code::ManifestComputed, format!("an argument of `{name}` that is not a literal"))
        .expected("a literal")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::manifest::function::FUNCTIONS;
    use crate::read::manifest::statement::{Kind, statements};

    fn arguments(text: &str) -> Result<Arguments, Finding> {
        let first = statements(text).unwrap().remove(0);
        let Kind::Call(call) = first.kind else { panic!("no call") };
        let function = FUNCTIONS.iter().find(|one| one.name == call.function).unwrap();
        Arguments::of(function, call)
    }

    #[test]
    fn arguments_go_by_place_or_by_name() {
        let bound = arguments("package('a', ('b.py',), opt=None, base_path='c')").ok().unwrap();
        assert_eq!(bound.needed("package_path").unwrap(), "a");
        assert_eq!(bound.texts("files").unwrap().unwrap(), ["b.py"]);
        assert_eq!(bound.text("base_path").unwrap().as_deref(), Some("c"));
        assert_eq!(bound.text("opt").unwrap(), None);
        assert!(arguments("require('a', ble=f())").is_ok());
    }

    #[test]
    fn what_python_would_not_call_is_refused() {
        for (text, found) in [
            ("metadata('a')", "1 arguments for `metadata`"),
            ("metadata(licence='MIT')", "an unexpected argument `licence` of `metadata`"),
            ("package()", "no argument `package_path` of `package`"),
            ("module('a.py', module_path='b.py')", "two arguments `module_path` of `module`"),
            (
                "module('a.py', **more)",
                "found an argument of `module` that is not a literal, expected a literal",
            ),
        ] {
            assert_eq!(arguments(text).err().unwrap().facts(), found);
        }
        assert_eq!(
            arguments("package('a', files='b')").ok().unwrap().texts("files").unwrap_err().facts(),
            "found an invalid value for `files`, expected a list of strings"
        );
    }
}
