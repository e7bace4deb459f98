//! The value of a Python expression, as far as it follows from the text.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::{
    Arguments, BoolOp, DictItem, Expr, ExprCall, Number, Operator, StmtFunctionDef, UnaryOp,
};

use super::call::{callee, is_function, is_path, literal_eval, name_of};
use super::find::Search;
use super::settings::{join, normal};
use super::value::{COST_OF_VALUE, List, MAX_LENGTH, Value};
use crate::limits::{MAX_SCRIPT_BYTES, MAX_SCRIPT_STEPS, WorkBudget};
use crate::read::source_tree::SourceTree;

/// How often `find_packages` is evaluated in one script; each time walks the whole tree.
const MAX_SEARCHES: usize = 16;
/// How often a file is read in one script; each time copies it.
pub(super) const MAX_READS: usize = 16;

/// Bytes of text that take as long to handle as an expression takes to evaluate.
pub(super) const BYTES_OF_STEP: usize = 64;

/// The names that are bound where an expression stands, the innermost scope last.
pub(super) type Scopes = Vec<HashMap<String, Value>>;

/// Evaluates expressions.
pub(super) struct Evaluator<'tree, 'ast> {
    pub(super) tree: &'tree SourceTree,
    /// The remaining budget of the values.
    pub bytes: WorkBudget,
    /// The remaining budget of evaluations.
    pub(super) steps: WorkBudget,
    searches: usize,
    pub(super) reads: usize,
    /// How often regular expressions were searched for.
    pub(super) matches: usize,
    /// The functions of the module.
    pub(super) functions: HashMap<&'ast str, &'ast StmtFunctionDef>,
    /// How many of them are being evaluated.
    pub(super) depth: usize,
}

impl<'tree> Evaluator<'tree, '_> {
    pub fn new(tree: &'tree SourceTree) -> Self {
        Self {
            tree,
            bytes: WorkBudget::new(MAX_SCRIPT_BYTES),
            steps: WorkBudget::new(MAX_SCRIPT_STEPS),
            searches: 0,
            reads: 0,
            matches: 0,
            functions: HashMap::new(),
            depth: 0,
        }
    }

    /// The value of `expression`. Recursion ends with the depth of the syntax tree, which is
    /// limited before.
    pub fn value(&mut self, expression: &Expr, scopes: &Scopes) -> Value {
        let cost = match expression {
            Expr::StringLiteral(literal) => 1 + literal.value.len() / BYTES_OF_STEP,
            _ => 1,
        };
        if self.steps.charge(cost).is_err() {
            return Value::Computed;
        }
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
            Expr::BinOp(operation) if operation.op == Operator::Div => {
                let folder = self.value(&operation.left, scopes);
                match (folder, self.value(&operation.right, scopes)) {
                    (Value::Text(folder), Value::Text(path)) => self.path(&folder, &path),
                    _ => Value::Computed,
                }
            }
            Expr::If(choice) => match self.is_true(&choice.test, scopes) {
                Some(true) => self.value(&choice.body, scopes),
                Some(false) => self.value(&choice.orelse, scopes),
                None => Value::Computed,
            },
            Expr::UnaryOp(negated) if negated.op == UnaryOp::Not => {
                let is_true = self.is_true(&negated.operand, scopes);
                is_true.map_or(Value::Computed, |is_true| Value::Bool(!is_true))
            }
            Expr::BoolOp(operation) => {
                let ends = operation.op == BoolOp::Or;
                let mut all = operation.values.iter().map(|value| self.is_true(value, scopes));
                let end = all.find(|is_true| *is_true != Some(!ends));
                end.map_or(Value::Bool(!ends), |end| end.map_or(Value::Computed, Value::Bool))
            }
            Expr::Compare(comparison) => self.compared(comparison, scopes),
            Expr::Subscript(element) => self.element(&element.value, &element.slice, scopes),
            Expr::Name(name) if name.id.as_str() == "__file__" => Value::Text("setup.py".into()),
            Expr::Name(name) => {
                let bound = scopes.iter().rev().find_map(|scope| scope.get(name.id.as_str()));
                bound.cloned().unwrap_or(Value::Computed)
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "curdir" => {
                Value::Text(".".into())
            }
            Expr::Attribute(attribute) => match self.value(&attribute.value, scopes) {
                // `Path(__file__).parent`
                Value::Text(path) if attribute.attr.as_str() == "parent" => {
                    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                    self.made(parent.to_owned())
                }
                // A module, by the names in it.
                Value::Dict(dict) => {
                    let value = dict.entries.get(attribute.attr.as_str());
                    value.cloned().unwrap_or(Value::Computed)
                }
                _ => Value::Computed,
            },
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
        if let Some(value) = self.function(call, scopes) {
            return value;
        }
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
            Some("read") if arguments.is_empty() => match self.opened(&call.func, scopes) {
                Some(path) => self.content(&path),
                None => Value::Computed,
            },
            Some("readlines") => match self.opened(&call.func, scopes) {
                Some(path) => self.lines(&path),
                None => Value::Computed,
            },
            Some("Path" | "PurePath") => match first {
                Some(path) => self.text(Some(path), scopes, str::to_owned),
                None => Value::Text(".".into()),
            },
            Some("run_path") => match first.map(|path| self.value(path, scopes)) {
                Some(Value::Text(path)) => self.module(&path),
                _ => Value::Computed,
            },
            Some("literal_eval") => match first.map(|text| self.value(text, scopes)) {
                Some(Value::Text(text)) => {
                    literal_eval(&text).map_or(Value::Computed, |text| self.made(text.to_owned()))
                }
                _ => Value::Computed,
            },
            Some("compile" | "str") if is_function(call, "compile") || is_function(call, "str") => {
                self.text(first, scopes, str::to_owned)
            }
            Some("abspath" | "realpath" | "normpath") => {
                self.text(first, scopes, |path| normal(path).unwrap_or_else(|| path.to_owned()))
            }
            _ => self.text_call(call, scopes),
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

    /// The path of the open file whose method is called.
    fn opened(&mut self, method: &Expr, scopes: &Scopes) -> Option<Rc<str>> {
        let Expr::Attribute(method) = method else { return None };
        match self.value(&method.value, scopes) {
            Value::File(path) => Some(path),
            _ => None,
        }
    }

    /// The content of a file of the project.
    pub(super) fn content(&mut self, path: &str) -> Value {
        self.reads += 1;
        let path = normal(path).filter(|_| self.reads <= MAX_READS);
        let text = path.and_then(|path| self.tree.text(&path).ok().flatten());
        text.map_or(Value::Computed, |text| self.made(text.replace("\r\n", "\n")))
    }

    /// The lines of a file of the project.
    pub(super) fn lines(&mut self, path: &str) -> Value {
        match self.content(path) {
            Value::Text(text) => self.list_of(text.split_inclusive('\n')),
            _ => Value::Computed,
        }
    }

    /// The value of a text that was made.
    pub(super) fn made(&self, text: String) -> Value {
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
