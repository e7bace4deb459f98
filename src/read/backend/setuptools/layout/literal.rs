//! The value of a Python expression, as far as it follows from the text.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use ruff_python_ast::{Arguments, DictItem, Expr, ExprCall, Number, Operator};

use super::find::Search;
use super::settings::{join, normal};
use crate::limits::{MAX_SCRIPT_BYTES, WorkBudget};
use crate::read::source_tree::SourceTree;

/// Longer lists and texts are not put together: a few lines of `a = a + a` would fill the memory.
const MAX_LENGTH: usize = 5_000;
/// Larger dictionaries are not put together.
const MAX_ENTRIES: usize = 1_000;
/// How many dictionaries can lie in each other inside of a dictionary.
const MAX_DICT_DEPTH: usize = 2;
/// How often `find_packages` is evaluated in one script; each time walks the whole tree.
const MAX_SEARCHES: usize = 16;
/// How often a file is read, or what it holds trimmed, in one script; each time copies it.
const MAX_READS: usize = 16;

/// The smallest cost of a value, in bytes.
const COST_OF_VALUE: usize = 128;

/// A value, as far as it is known. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::read) enum Value {
    /// `None`.
    Nothing,
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(Rc<str>),
    /// The texts in a list, tuple or set.
    List(Rc<List>),
    /// The values of a dictionary by those keys that are texts.
    Dict(Rc<Dict>),
    /// A file that is open, by its path.
    File(Rc<str>),
    /// A value that is only known when the script runs.
    Computed,
}

/// The elements of a list that are known texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::read) struct List {
    /// The known elements in their order.
    pub items: Rc<Vec<Rc<str>>>,
    /// Whether there are elements, or may be, that are not among them.
    pub is_partial: bool,
}

/// The entries of a dictionary whose keys are known texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::read) struct Dict {
    /// The known entries.
    pub entries: Rc<BTreeMap<Rc<str>, Value>>,
    /// Whether there are entries, or may be, that are not among them.
    pub is_partial: bool,
    /// How many levels of dictionaries lie inside.
    levels: usize,
}

impl List {
    /// The list of this text alone.
    pub fn of(text: Rc<str>) -> Self {
        Self { items: Rc::new(vec![text]), is_partial: false }
    }

    /// The cost of a copy, in bytes.
    fn cost(&self) -> usize {
        COST_OF_VALUE + self.items.len() * size_of::<Rc<str>>()
    }
}

impl Dict {
    /// The cost of a copy, in bytes.
    pub(super) fn cost(&self) -> usize {
        COST_OF_VALUE + self.entries.len() * 2 * size_of::<(Rc<str>, Value)>()
    }
}

impl Value {
    /// The value with the remark that it may have changed in a way that is not known.
    pub fn into_partial(self) -> Self {
        match self {
            Self::List(mut list) => {
                Rc::make_mut(&mut list).is_partial = true;
                Self::List(list)
            }
            Self::Dict(mut dict) => {
                Rc::make_mut(&mut dict).is_partial = true;
                Self::Dict(dict)
            }
            _ => Self::Computed,
        }
    }

    /// The value of `self + other`, whose copies are charged to `bytes`.
    pub fn plus(self, other: Self, bytes: &WorkBudget) -> Self {
        match (self, other) {
            (Self::Text(left), Self::Text(right))
                if left.len() + right.len() <= MAX_LENGTH
                    && bytes.charge(COST_OF_VALUE + left.len() + right.len()).is_ok() =>
            {
                Self::Text(format!("{left}{right}").into())
            }
            (Self::List(mut left), Self::List(right))
                if left.items.len() + right.items.len() <= MAX_LENGTH
                    && bytes.charge(left.cost() + right.cost()).is_ok() =>
            {
                let list = Rc::make_mut(&mut left);
                Rc::make_mut(&mut list.items).extend_from_slice(&right.items);
                list.is_partial |= right.is_partial;
                Self::List(left)
            }
            (list @ Self::List(_), _) | (_, list @ Self::List(_)) => list.into_partial(),
            _ => Self::Computed,
        }
    }

    /// Adds the entries of `other`, as `dict.update` does. Copies are charged to `bytes`.
    pub fn updated(self, other: Self, bytes: &WorkBudget) -> Self {
        match (self, other) {
            (Self::Dict(mut left), Self::Dict(right))
                if left.entries.len() + right.entries.len() <= MAX_ENTRIES
                    && bytes.charge(left.cost() + right.cost()).is_ok() =>
            {
                let dict = Rc::make_mut(&mut left);
                let entries =
                    right.entries.iter().map(|(key, value)| (Rc::clone(key), value.clone()));
                Rc::make_mut(&mut dict.entries).extend(entries);
                dict.is_partial |= right.is_partial;
                dict.levels = dict.levels.max(right.levels);
                Self::Dict(left)
            }
            (value, _) => value.into_partial(),
        }
    }

    /// Sets one entry of a dictionary. A value that is nested deeper than setuptools ever looks is
    /// forgotten, since values are dropped by recursion.
    pub fn with_entry(self, key: Rc<str>, value: Self, bytes: &WorkBudget) -> Self {
        let levels = match &value {
            Self::Dict(dict) => dict.levels + 1,
            _ => 0,
        };
        let (value, levels) =
            if levels > MAX_DICT_DEPTH { (Self::Computed, 0) } else { (value, levels) };
        let entries = Rc::new(BTreeMap::from([(key, value)]));
        let entry = Dict { entries, is_partial: false, levels };
        self.updated(Self::Dict(Rc::new(entry)), bytes)
    }
}

/// The names that are bound where an expression stands, the innermost scope last.
pub(super) type Scopes = Vec<HashMap<String, Value>>;

/// Evaluates expressions.
pub(super) struct Evaluator<'a> {
    tree: &'a SourceTree,
    /// The remaining budget of the values.
    pub bytes: WorkBudget,
    searches: usize,
    reads: usize,
}

impl<'a> Evaluator<'a> {
    pub fn new(tree: &'a SourceTree) -> Self {
        Self { tree, bytes: WorkBudget::new(MAX_SCRIPT_BYTES), searches: 0, reads: 0 }
    }

    /// The value of `expression`. Recursion ends with the depth of the syntax tree, which is
    /// limited before.
    pub fn value(&mut self, expression: &Expr, scopes: &Scopes) -> Value {
        match expression {
            Expr::NoneLiteral(_) => Value::Nothing,
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => Value::Bool(number.as_u8() != Some(0)),
                _ => Value::Computed,
            },
            Expr::StringLiteral(literal) => Value::Text(literal.value.to_str().into()),
            Expr::List(list) => self.list(&list.elts, scopes),
            Expr::Tuple(tuple) => self.list(&tuple.elts, scopes),
            Expr::Set(set) => self.list(&set.elts, scopes),
            Expr::ListComp(_) | Expr::Generator(_) | Expr::SetComp(_) => {
                Value::List(Rc::default()).into_partial()
            }
            Expr::Dict(dict) => self.entries(&dict.items, scopes),
            Expr::BinOp(operation) if operation.op == Operator::Add => {
                let left = self.value(&operation.left, scopes);
                let right = self.value(&operation.right, scopes);
                left.plus(right, &self.bytes)
            }
            Expr::Name(name) if name.id.as_str() == "__file__" => Value::Text("setup.py".into()),
            Expr::Name(name) => {
                let bound = scopes.iter().rev().find_map(|scope| scope.get(name.id.as_str()));
                bound.cloned().unwrap_or(Value::Computed)
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "curdir" => {
                Value::Text(".".into())
            }
            Expr::Call(call) => self.call(call, scopes),
            _ => Value::Computed,
        }
    }

    fn list(&mut self, elements: &[Expr], scopes: &Scopes) -> Value {
        let (mut items, mut is_partial) = (Vec::new(), false);
        for element in elements {
            match element {
                Expr::Starred(starred) => match self.value(&starred.value, scopes) {
                    Value::List(inner)
                        if items.len() + inner.items.len() <= MAX_LENGTH
                            && self.bytes.charge(inner.cost()).is_ok() =>
                    {
                        items.extend_from_slice(&inner.items);
                        is_partial |= inner.is_partial;
                    }
                    _ => is_partial = true,
                },
                element => match self.value(element, scopes) {
                    Value::Text(text) => items.push(text),
                    _ => is_partial = true,
                },
            }
        }
        Value::List(Rc::new(List { items: Rc::new(items), is_partial }))
    }

    fn entries(&mut self, items: &[DictItem], scopes: &Scopes) -> Value {
        let mut value = Value::Dict(Rc::default());
        for item in items {
            let entry = self.value(&item.value, scopes);
            value = match item.key.as_ref().map(|key| self.value(key, scopes)) {
                None => value.updated(entry, &self.bytes),
                Some(Value::Text(key)) => value.with_entry(key, entry, &self.bytes),
                Some(_) => value.into_partial(),
            };
        }
        value
    }

    fn call(&mut self, call: &ExprCall, scopes: &Scopes) -> Value {
        let arguments = &call.arguments;
        let first = arguments.args.first();
        match callee(call) {
            Some("find_packages") => self.search(arguments, false, scopes),
            Some("find_namespace_packages") => self.search(arguments, true, scopes),
            Some("find") => {
                let finder = match &*call.func {
                    Expr::Attribute(attribute) => name_of(&attribute.value),
                    _ => None,
                };
                match finder {
                    Some("PackageFinder") => self.search(arguments, false, scopes),
                    Some("PEP420PackageFinder") => self.search(arguments, true, scopes),
                    _ => Value::Computed,
                }
            }
            Some("list" | "tuple" | "set" | "sorted") => match first {
                Some(inner) => match self.value(inner, scopes) {
                    list @ Value::List(_) => list,
                    _ => Value::Computed,
                },
                None => Value::List(Rc::default()),
            },
            Some("dict") => self.dict(arguments, scopes),
            Some("join") if is_path(call) => self.joined(arguments, scopes),
            Some("dirname") => self.text(first, scopes, |path| {
                path.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_owned())
            }),
            Some("open") => match first.map(|path| self.value(path, scopes)) {
                Some(Value::Text(path)) => Value::File(path),
                _ => Value::Computed,
            },
            Some("read") if arguments.is_empty() => self.read(&call.func, scopes),
            Some("strip") if arguments.is_empty() => match &*call.func {
                Expr::Attribute(method) if self.reads < MAX_READS => {
                    self.reads += 1;
                    self.text(Some(&method.value), scopes, |text| text.trim().to_owned())
                }
                _ => Value::Computed,
            },
            Some("abspath" | "realpath" | "normpath") => {
                self.text(first, scopes, |path| normal(path).unwrap_or_else(|| path.to_owned()))
            }
            _ => Value::Computed,
        }
    }

    fn dict(&mut self, arguments: &Arguments, scopes: &Scopes) -> Value {
        let mut value = match arguments.args.first() {
            Some(first) => self.value(first, scopes),
            None => Value::Dict(Rc::default()),
        };
        for keyword in &arguments.keywords {
            let entry = self.value(&keyword.value, scopes);
            value = match &keyword.arg {
                Some(name) => value.with_entry(name.as_str().into(), entry, &self.bytes),
                None => value.updated(entry, &self.bytes),
            };
        }
        value
    }

    /// `os.path.join`.
    fn joined(&mut self, arguments: &Arguments, scopes: &Scopes) -> Value {
        let mut path = String::new();
        for argument in &arguments.args {
            match self.value(argument, scopes) {
                Value::Text(part) if path.len() + part.len() <= MAX_LENGTH => {
                    path = join(&path, &part);
                }
                _ => return Value::Computed,
            }
        }
        self.made(path)
    }

    /// The content of a file of the project whose method `read` is called.
    fn read(&mut self, method: &Expr, scopes: &Scopes) -> Value {
        let Expr::Attribute(method) = method else { return Value::Computed };
        let Value::File(path) = self.value(&method.value, scopes) else { return Value::Computed };
        self.reads += 1;
        let path = normal(&path).filter(|_| self.reads <= MAX_READS);
        let text = path.and_then(|path| self.tree.text(&path).ok().flatten());
        text.map_or(Value::Computed, |text| self.made(text.replace("\r\n", "\n")))
    }

    /// The value of a text that was made.
    fn made(&self, text: String) -> Value {
        match self.bytes.charge(COST_OF_VALUE + text.len()) {
            Ok(()) => Value::Text(text.into()),
            Err(_) => Value::Computed,
        }
    }

    fn text(
        &mut self,
        argument: Option<&Expr>,
        scopes: &Scopes,
        change: impl Fn(&str) -> String,
    ) -> Value {
        match argument.map(|argument| self.value(argument, scopes)) {
            Some(Value::Text(text)) => self.made(change(&text)),
            _ => Value::Computed,
        }
    }

    /// `find_packages(where=".", exclude=(), include=("*",))`.
    fn search(&mut self, arguments: &Arguments, namespaces: bool, scopes: &Scopes) -> Value {
        let mut argument = |name: &str, position: usize| {
            let value = arguments.find_argument_value(name, position)?;
            Some(self.value(value, scopes))
        };
        let folder = match argument("where", 0) {
            None => Some(String::new()),
            Some(Value::Text(folder)) => normal(&folder),
            Some(_) => None,
        };
        let mut is_partial = false;
        let mut patterns = |value: Option<Value>| match value {
            Some(Value::List(list)) => {
                is_partial |= list.is_partial;
                Some(list)
            }
            None => None,
            Some(_) => {
                is_partial = true;
                None
            }
        };
        let exclude = patterns(argument("exclude", 1)).unwrap_or_default();
        let include =
            patterns(argument("include", 2)).unwrap_or_else(|| Rc::new(List::of("*".into())));
        self.searches += 1;
        let Some(folder) = folder.filter(|_| self.searches <= MAX_SEARCHES) else {
            return Value::List(Rc::default()).into_partial();
        };
        let search = Search::new(
            include.items.iter().map(AsRef::as_ref),
            exclude.items.iter().map(AsRef::as_ref),
            namespaces,
        );
        let items: Vec<_> = search.run(self.tree, &folder).into_iter().map(Into::into).collect();
        is_partial |= self.tree.comparisons().is_spent();
        Value::List(Rc::new(List { items: Rc::new(items), is_partial }))
    }
}

/// The last part of the name of the called function.
pub(super) fn callee(call: &ExprCall) -> Option<&str> {
    name_of(&call.func)
}

fn name_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// Whether a method of `os.path` is called, and not one of a text.
fn is_path(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Attribute(attribute) => name_of(&attribute.value) == Some("path"),
        _ => true,
    }
}
