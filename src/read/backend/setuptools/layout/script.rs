//! The calls of `setup()` in `setup.py`, read and not run.
//!
//! Statements are followed in their order; what is done under a condition or in a loop makes the
//! names it touches uncertain. Functions are looked into after the module, as if they were called
//! at its end.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall, Operator, Stmt, StmtFunctionDef, StmtIf};

use super::call::callee;
use super::literal::{Evaluator, Scopes};
use super::value::{Dict, List, Value};
use crate::limits::WorkBudget;
use crate::python;
use crate::read::source_tree::SourceTree;

pub(in crate::read) const PATH: &str = "setup.py";

/// One call of `setup()`.
#[derive(Default)]
pub(in crate::read) struct Call {
    /// The keyword arguments.
    pub arguments: BTreeMap<Rc<str>, Value>,
    /// Whether there are arguments, or may be, that are not among them.
    pub is_partial: bool,
}

/// Hands each call of `setup()` in `setup.py` to `note`; `None` if there is no such file.
///
/// A script that cannot be understood has no calls.
pub(in crate::read) fn calls(tree: &SourceTree, note: impl FnMut(&Call) + Send) -> Option<()> {
    let source = String::from_utf8_lossy(tree.get(PATH)?);
    python::with_module(&source, |module| Script::new(tree, note).run(module));
    Some(())
}

struct Script<'tree, 'ast, N> {
    evaluator: Evaluator<'tree, 'ast>,
    scopes: Scopes,
    functions: VecDeque<&'ast StmtFunctionDef>,
    note: N,
}

impl<'tree, 'ast, N: FnMut(&Call)> Script<'tree, 'ast, N> {
    fn new(tree: &'tree SourceTree, note: N) -> Self {
        Self {
            evaluator: Evaluator::new(tree),
            scopes: vec![HashMap::new()],
            functions: VecDeque::new(),
            note,
        }
    }

    fn run(&mut self, module: &'ast [Stmt]) {
        self.statements(module, true);
        while let Some(function) = self.functions.pop_front() {
            let parameters = function.parameters.iter();
            let unknown =
                parameters.map(|parameter| (parameter.name().to_string(), Value::Computed));
            self.scopes.push(unknown.collect());
            self.statements(&function.body, true);
            self.scopes.pop();
        }
    }

    /// Follows statements; `surely` means that they run exactly once.
    fn statements(&mut self, statements: &'ast [Stmt], surely: bool) {
        for statement in statements {
            self.statement(statement, surely);
        }
    }

    fn statement(&mut self, statement: &'ast Stmt, surely: bool) {
        match statement {
            Stmt::Expr(statement) => self.expression(&statement.value, surely),
            Stmt::Return(statement) => {
                if let Some(value) = &statement.value {
                    self.expression(value, surely);
                }
            }
            Stmt::Assign(statement) => {
                self.expression(&statement.value, surely);
                let value = self.evaluator.value(&statement.value, &self.scopes);
                for target in &statement.targets {
                    self.assign(target, value.clone(), surely);
                }
            }
            Stmt::AnnAssign(statement) => {
                if let Some(value) = &statement.value {
                    let value = self.evaluator.value(value, &self.scopes);
                    self.assign(&statement.target, value, surely);
                }
            }
            Stmt::AugAssign(statement) => {
                let added = self.evaluator.value(&statement.value, &self.scopes);
                let is_add = statement.op == Operator::Add;
                self.change(&statement.target, surely, |old, bytes| {
                    if is_add { old.plus(added, bytes) } else { old.into_partial() }
                });
            }
            Stmt::Delete(statement) => {
                for target in &statement.targets {
                    self.assign(target, Value::Computed, surely);
                }
            }
            compound => self.compound(compound, surely),
        }
    }

    /// Follows a statement that holds others.
    fn compound(&mut self, statement: &'ast Stmt, surely: bool) {
        match statement {
            Stmt::If(statement) => self.branches(statement, surely),
            Stmt::For(statement) => {
                self.assign(&statement.target, Value::Computed, surely);
                self.statements(&statement.body, false);
                self.statements(&statement.orelse, false);
            }
            Stmt::While(statement) => self.statements(&statement.body, false),
            Stmt::With(statement) => {
                for item in &statement.items {
                    if let Some(target) = &item.optional_vars {
                        let value = self.evaluator.value(&item.context_expr, &self.scopes);
                        self.assign(target, value, surely);
                    }
                }
                self.statements(&statement.body, surely);
            }
            // Handlers are for what should not happen.
            Stmt::Try(statement) => {
                self.statements(&statement.body, surely);
                self.statements(&statement.orelse, surely);
                self.statements(&statement.finalbody, surely);
            }
            Stmt::FunctionDef(function) => {
                if self.scopes.len() == 1 {
                    self.evaluator.define(function);
                }
                self.functions.push_back(function);
            }
            Stmt::Import(statement) => {
                for module in &statement.names {
                    let name = module.asname.as_ref().unwrap_or(&module.name).to_string();
                    if let Some(module) = self.evaluator.imported(&module.name) {
                        self.bind(name, module, surely);
                    }
                }
            }
            Stmt::ImportFrom(statement) => {
                let module = statement.module.as_ref().filter(|_| statement.level == 0);
                let module = module.and_then(|module| self.evaluator.imported(module));
                let Some(Value::Dict(module)) = module else { return };
                for alias in &statement.names {
                    let value = module.entries.get(alias.name.as_str()).cloned();
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                    self.bind(name, value.unwrap_or(Value::Computed), surely);
                }
            }
            _ => {}
        }
    }

    fn branches(&mut self, statement: &'ast StmtIf, surely: bool) {
        self.statements(&statement.body, surely && is_main(&statement.test));
        for clause in &statement.elif_else_clauses {
            self.statements(&clause.body, false);
        }
    }

    /// An expression that stands for what it does: a call of `setup()`, or of a method that
    /// changes a list or dictionary.
    fn expression(&mut self, expression: &'ast Expr, surely: bool) {
        match expression {
            Expr::Call(call) if callee(call) == Some("setup") => {
                let call = self.call(call);
                (self.note)(&call);
            }
            Expr::Call(call) => match self.evaluator.executed(call, &self.scopes) {
                Some(names) => self.exec(call, names, surely),
                None => self.method(call, surely),
            },
            // `__name__ == "__main__" and setup(…)`
            Expr::BoolOp(operation) => {
                for value in &operation.values {
                    self.expression(value, surely);
                }
            }
            _ => {}
        }
    }

    /// Binds the names that `exec` binds, in the dictionary that it is given or here.
    fn exec(&mut self, call: &'ast ExprCall, names: Value, surely: bool) {
        if let Some(target @ Expr::Name(_)) = call.arguments.args.get(1) {
            self.change(target, surely, |old, bytes| old.updated(names, bytes));
        } else if let Value::Dict(names) = names {
            for (name, value) in names.entries.iter() {
                self.bind(name.to_string(), value.clone(), surely);
            }
        }
    }

    fn method(&mut self, call: &'ast ExprCall, surely: bool) {
        let Expr::Attribute(method) = &*call.func else { return };
        let argument = call.arguments.args.first();
        let argument =
            argument.map_or(Value::Computed, |value| self.evaluator.value(value, &self.scopes));
        match (method.attr.as_str(), argument) {
            ("append", Value::Text(text)) => {
                let list = Value::List(Rc::new(List::of(text)));
                self.change(&method.value, surely, |old, bytes| old.plus(list, bytes));
            }
            ("extend", list) => {
                self.change(&method.value, surely, |old, bytes| old.plus(list, bytes));
            }
            ("update", dict) => {
                self.change(&method.value, surely, |old, bytes| old.updated(dict, bytes));
            }
            ("append" | "insert" | "remove" | "pop" | "setdefault" | "clear", _) => {
                self.change(&method.value, surely, |old, _| old.into_partial());
            }
            _ => {}
        }
    }

    fn assign(&mut self, target: &Expr, value: Value, surely: bool) {
        match target {
            Expr::Name(name) => self.bind(name.id.to_string(), value, surely),
            Expr::Tuple(tuple) => {
                for target in &tuple.elts {
                    self.assign(target, Value::Computed, surely);
                }
            }
            Expr::Subscript(entry) => match self.evaluator.value(&entry.slice, &self.scopes) {
                Value::Text(key) => {
                    self.change(&entry.value, surely, |old, bytes| {
                        old.with_entry(key, value, bytes)
                    });
                }
                _ => self.change(&entry.value, surely, |old, _| old.into_partial()),
            },
            _ => {}
        }
    }

    fn bind(&mut self, name: String, value: Value, surely: bool) {
        let Some(scope) = self.scopes.last_mut() else { return };
        let value = match (surely, scope.remove(&name)) {
            (true, _) => value,
            (false, None) => value.into_partial(),
            (false, Some(old)) => old.into_partial(),
        };
        scope.insert(name, value);
    }

    /// Changes the value that `target` is bound to, if it is a name. What a function does to the
    /// names of the module, and what is done under a condition, is never certain.
    fn change(
        &mut self,
        target: &Expr,
        surely: bool,
        change: impl FnOnce(Value, &WorkBudget) -> Value,
    ) {
        let Expr::Name(name) = target else { return };
        let innermost = self.scopes.len() - 1;
        let mut scopes = self.scopes.iter_mut().enumerate().rev();
        let bound =
            scopes.find_map(|(level, scope)| Some((level, scope.get_mut(name.id.as_str())?)));
        if let Some((level, value)) = bound {
            let old = std::mem::replace(value, Value::Computed);
            let new = change(old, &self.evaluator.bytes);
            *value = if surely && level == innermost { new } else { new.into_partial() };
        }
    }

    /// A call of `setup()` with the values of its arguments.
    fn call(&mut self, call: &ExprCall) -> Call {
        let mut result = Call::default();
        for keyword in &call.arguments.keywords {
            let value = self.evaluator.value(&keyword.value, &self.scopes);
            match (&keyword.arg, value) {
                (Some(name), value) => {
                    result.arguments.insert(name.as_str().into(), value);
                }
                (None, Value::Dict(dict)) => {
                    let Dict { entries, is_partial, .. } = &*dict;
                    if self.evaluator.bytes.charge(dict.cost()).is_err() {
                        result.is_partial = true;
                        continue;
                    }
                    let entries =
                        entries.iter().map(|(key, value)| (Rc::clone(key), value.clone()));
                    result.arguments.extend(entries);
                    result.is_partial |= is_partial;
                }
                (None, _) => result.is_partial = true,
            }
        }
        result
    }
}

/// Whether a condition is `__name__ == "__main__"`.
fn is_main(test: &Expr) -> bool {
    match test {
        Expr::Compare(test) => {
            matches!(&*test.left, Expr::Name(name) if name.id.as_str() == "__name__")
        }
        _ => false,
    }
}
