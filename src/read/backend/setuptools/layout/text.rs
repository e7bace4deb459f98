//! Methods of texts, and what the module `re` finds in them.

use std::rc::Rc;

use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprCompare, Number, UnaryOp};

use super::literal::{BYTES_OF_STEP, Evaluator, Scopes};
use super::value::{COST_OF_VALUE, List, MAX_LENGTH, Value};
use crate::python::regex::{self, Flags};

/// Longer texts are not searched.
const MAX_SEARCHED: usize = 64 << 10;
/// How often a script searches.
const MAX_SEARCHES: usize = 16;

impl Evaluator<'_, '_> {
    /// What a method of a text gives, or a function of `re`.
    pub(super) fn text_call(&mut self, call: &ExprCall, scopes: &Scopes) -> Value {
        let Expr::Attribute(method) = &*call.func else { return Value::Computed };
        let name = method.attr.as_str();
        let mut arguments = Vec::new();
        for argument in &call.arguments.args {
            arguments.push(self.value(argument, scopes));
        }
        if matches!(&*method.value, Expr::Name(module) if module.id.as_str() == "re") {
            return self.re(name, &arguments, flags(call));
        }
        let object = self.value(&method.value, scopes);
        let number = call.arguments.args.first().map(index_of);
        match (object, name, &arguments[..]) {
            (Value::Pattern(pattern, flags), "search" | "match" | "findall", [text]) => {
                self.find(name, &pattern, text, flags)
            }
            // What was found is the list of its groups.
            (Value::List(found), "group", _) => {
                item(&found, number.unwrap_or(Some(0)).unwrap_or(isize::MAX))
            }
            (Value::List(found), "groups", []) => self.list_of(found.items.iter().skip(1)),
            (Value::Dict(dict), "get", [Value::Text(key), ..]) => {
                dict.entries.get(key).cloned().unwrap_or(Value::Computed)
            }
            (Value::Text(text), _, _) => self.method(&text, name, &arguments),
            _ => Value::Computed,
        }
    }

    fn method(&mut self, text: &str, name: &str, arguments: &[Value]) -> Value {
        let trims = |letter: char| match arguments {
            [] => letter.is_whitespace(),
            [Value::Text(letters)] => letters.contains(letter),
            _ => false,
        };
        match (name, arguments) {
            ("strip" | "lstrip" | "rstrip", [] | [Value::Text(_)]) => self.made(
                match name {
                    "strip" => text.trim_matches(trims),
                    "lstrip" => text.trim_start_matches(trims),
                    _ => text.trim_end_matches(trims),
                }
                .to_owned(),
            ),
            ("split" | "rsplit", []) => self.list_of(text.split_whitespace()),
            ("split", [Value::Text(separator)]) if !separator.is_empty() => {
                self.list_of(text.split(&**separator))
            }
            ("splitlines", []) => self.list_of(text.lines()),
            ("replace", [Value::Text(old), Value::Text(new)])
                if !old.is_empty() && text.len().saturating_mul(new.len() + 1) <= MAX_SEARCHED =>
            {
                self.made(text.replace(&**old, new))
            }
            ("decode" | "encode" | "lower", _) => {
                self.made(if name == "lower" { text.to_lowercase() } else { text.to_owned() })
            }
            ("startswith", [Value::Text(start)]) => Value::Bool(text.starts_with(&**start)),
            ("endswith", [Value::Text(end)]) => Value::Bool(text.ends_with(&**end)),
            ("join", [Value::List(list)])
                if !list.is_partial
                    && list.items.iter().map(|item| item.len() + text.len()).sum::<usize>()
                        <= MAX_SEARCHED =>
            {
                let items: Vec<&str> = list.items.iter().map(AsRef::as_ref).collect();
                self.made(items.join(text))
            }
            // `Path(…).read_text()`
            ("read_text" | "read_bytes", _) => self.content(text),
            ("joinpath", [Value::Text(path)]) => self.path(text, path),
            ("resolve" | "absolute", []) => Value::Text(text.into()),
            _ => Value::Computed,
        }
    }

    fn re(&mut self, name: &str, arguments: &[Value], flags: Flags) -> Value {
        match (name, arguments) {
            ("compile", [Value::Text(pattern), ..]) => Value::Pattern(Rc::clone(pattern), flags),
            ("search" | "match" | "findall", [Value::Text(pattern), text, ..]) => {
                self.find(name, pattern, text, flags)
            }
            _ => Value::Computed,
        }
    }

    /// The groups of the first match, the whole first; for `findall` the first group of each.
    fn find(&mut self, name: &str, pattern: &str, text: &Value, flags: Flags) -> Value {
        let Value::Text(text) = text else { return Value::Computed };
        self.matches += 1;
        if text.len() > MAX_SEARCHED || self.matches > MAX_SEARCHES {
            return Value::Computed;
        }
        let Some(regex) = regex::compile(pattern, flags) else { return Value::Computed };
        if name == "findall" {
            let group = usize::from(regex.captures_len() > 1);
            let found = regex.captures_iter(text).filter_map(|found| found.get(group));
            return self.list_of(found.map(|found| found.as_str()));
        }
        let Some(found) = regex.captures(text) else { return Value::Nothing };
        if name == "match" && found.get(0).is_some_and(|whole| whole.start() > 0) {
            return Value::Computed;
        }
        // A group that is not in the match is `None`, which a version is not.
        self.list_of(found.iter().map(|group| group.map_or("", |group| group.as_str())))
    }

    /// The list of these texts, unless that is too much.
    pub(super) fn list_of<T: AsRef<str>>(&self, items: impl Iterator<Item = T>) -> Value {
        let mut list = Vec::new();
        for item in items {
            let item = item.as_ref();
            let cost = COST_OF_VALUE + item.len();
            if list.len() >= MAX_LENGTH || self.bytes.charge(cost).is_err() {
                return Value::Computed;
            }
            list.push(item.into());
        }
        Value::List(Rc::new(List { items: Rc::new(list), is_partial: false }))
    }

    /// A comparison of two texts.
    pub(super) fn compared(&mut self, comparison: &ExprCompare, scopes: &Scopes) -> Value {
        let ([operator], [right]) = (&*comparison.ops, &*comparison.comparators) else {
            return Value::Computed;
        };
        let left = self.value(&comparison.left, scopes);
        let right = self.value(right, scopes);
        let (Value::Text(left), Value::Text(right)) = (left, right) else {
            return Value::Computed;
        };
        if self.steps.charge((left.len() + right.len()) / BYTES_OF_STEP).is_err() {
            return Value::Computed;
        }
        match operator {
            CmpOp::Eq => Value::Bool(left == right),
            CmpOp::NotEq => Value::Bool(left != right),
            CmpOp::In => Value::Bool(right.contains(&*left)),
            CmpOp::NotIn => Value::Bool(!right.contains(&*left)),
            _ => Value::Computed,
        }
    }

    /// An element of a list, or the value of a key.
    pub(super) fn element(&mut self, object: &Expr, index: &Expr, scopes: &Scopes) -> Value {
        match (self.value(object, scopes), index_of(index)) {
            (Value::List(list), Some(index)) => item(&list, index),
            (Value::Dict(dict), None) => match self.value(index, scopes) {
                Value::Text(key) => dict.entries.get(&key).cloned().unwrap_or(Value::Computed),
                _ => Value::Computed,
            },
            _ => Value::Computed,
        }
    }
}

/// The flags that a call of a function of `re` names.
fn flags(call: &ExprCall) -> Flags {
    let mut flags = Flags::default();
    let mut open: Vec<&Expr> = call.arguments.args.iter().skip(1).collect();
    open.extend(call.arguments.keywords.iter().map(|keyword| &keyword.value));
    while let Some(expression) = open.pop() {
        match expression {
            Expr::BinOp(operation) => open.extend([&*operation.left, &*operation.right]),
            Expr::Attribute(flag) => match flag.attr.as_str() {
                "M" | "MULTILINE" => flags.multi_line = true,
                "I" | "IGNORECASE" => flags.ignore_case = true,
                "S" | "DOTALL" => flags.dot_all = true,
                "X" | "VERBOSE" => flags.verbose = true,
                _ => {}
            },
            _ => {}
        }
    }
    flags
}

/// A whole number that is written out.
fn index_of(expression: &Expr) -> Option<isize> {
    match expression {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(number) => number.as_i32().map(|number| number as isize),
            _ => None,
        },
        Expr::UnaryOp(negated) if negated.op == UnaryOp::USub => {
            index_of(&negated.operand).map(|number| -number)
        }
        _ => None,
    }
}

fn item(list: &List, index: isize) -> Value {
    let place =
        if index < 0 { list.items.len().checked_add_signed(index) } else { index.try_into().ok() };
    let found = place.filter(|_| !list.is_partial).and_then(|place| list.items.get(place));
    found.map_or(Value::Computed, |text| Value::Text(Rc::clone(text)))
}
