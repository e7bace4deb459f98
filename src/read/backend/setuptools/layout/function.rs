//! The functions of a script that compute values, and what it takes from other modules of the project.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall, Operator, Stmt, StmtFor, StmtFunctionDef, StmtIf};

use super::call::is_function;
use super::literal::{Evaluator, Scopes};
use super::settings::{join, normal};
use super::value::{COST_OF_VALUE, Dict, Value};
use crate::python;

/// How deep functions call each other.
const MAX_DEPTH: usize = 8;

/// How statements end.
enum Flow {
    /// The next one is run.
    Next,
    /// The turn of a loop ends.
    Continue,
    /// The loop ends.
    Break,
    /// The function ends with this value.
    Return(Value),
    /// That is only known when the script runs.
    Unknown,
}

impl<'ast> Evaluator<'_, 'ast> {
    /// Remembers a function of the module.
    pub(super) fn define(&mut self, function: &'ast StmtFunctionDef) {
        self.functions.insert(function.name.as_str(), function);
    }

    /// The value of a call of one of the functions; `None` if it is another's.
    pub(super) fn function(&mut self, call: &ExprCall, scopes: &Scopes) -> Option<Value> {
        let Expr::Name(name) = &*call.func else { return None };
        let function = *self.functions.get(name.id.as_str())?;
        let names = scopes.first().map_or(0, HashMap::len);
        if self.depth >= MAX_DEPTH || self.steps.charge(names).is_err() {
            return Some(Value::Computed);
        }
        let mut own = HashMap::new();
        for (place, parameter) in function.parameters.iter_non_variadic_params().enumerate() {
            let name = parameter.name().as_str();
            let argument = call.arguments.find_argument_value(name, place);
            let value = argument.or(parameter.default());
            let value = value.map_or(Value::Computed, |value| self.value(value, scopes));
            own.insert(name.to_owned(), value);
        }
        let module = scopes.first().cloned().unwrap_or_default();
        let mut scopes = vec![module, own];
        self.depth += 1;
        let flow = self.run(&function.body, &mut scopes);
        self.depth -= 1;
        Some(match flow {
            // Arguments of `setup()` in a dictionary often depend on the machine.
            Flow::Return(Value::Dict(_)) | Flow::Continue | Flow::Break | Flow::Unknown => {
                Value::Computed
            }
            Flow::Return(value) => value,
            Flow::Next => Value::Nothing,
        })
    }

    fn run(&mut self, statements: &'ast [Stmt], scopes: &mut Scopes) -> Flow {
        for statement in statements {
            if self.bytes.charge(COST_OF_VALUE).is_err() {
                return Flow::Unknown;
            }
            match self.step(statement, scopes) {
                Flow::Next => {}
                end => return end,
            }
        }
        Flow::Next
    }

    fn step(&mut self, statement: &'ast Stmt, scopes: &mut Scopes) -> Flow {
        match statement {
            Stmt::Return(statement) => {
                let value = statement.value.as_deref();
                Flow::Return(value.map_or(Value::Nothing, |value| self.value(value, scopes)))
            }
            Stmt::Assign(statement) => {
                let value = self.value(&statement.value, scopes);
                for target in &statement.targets {
                    bind(target, value.clone(), scopes);
                }
                Flow::Next
            }
            Stmt::AnnAssign(statement) => {
                if let Some(value) = &statement.value {
                    let value = self.value(value, scopes);
                    bind(&statement.target, value, scopes);
                }
                Flow::Next
            }
            Stmt::AugAssign(statement) => {
                let old = self.value(&statement.target, scopes);
                let added = self.value(&statement.value, scopes);
                let is_add = statement.op == Operator::Add;
                let value = if is_add { old.plus(added, &self.bytes) } else { Value::Computed };
                bind(&statement.target, value, scopes);
                Flow::Next
            }
            Stmt::Expr(statement) => {
                if let Expr::Call(call) = &*statement.value {
                    self.execute(call, scopes);
                }
                Flow::Next
            }
            Stmt::With(statement) => {
                for item in &statement.items {
                    if let Some(target) = &item.optional_vars {
                        let value = self.value(&item.context_expr, scopes);
                        bind(target, value, scopes);
                    }
                }
                self.run(&statement.body, scopes)
            }
            // Handlers are for what should not happen.
            Stmt::Try(statement) => match self.run(&statement.body, scopes) {
                Flow::Next => self.run(&statement.orelse, scopes),
                end => end,
            },
            Stmt::If(statement) => self.branch(statement, scopes),
            Stmt::For(statement) => self.turns(statement, scopes),
            Stmt::Break(_) => Flow::Break,
            Stmt::Continue(_) => Flow::Continue,
            Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::Pass(_)
            | Stmt::Assert(_)
            | Stmt::FunctionDef(_) => Flow::Next,
            _ => Flow::Unknown,
        }
    }

    fn branch(&mut self, statement: &'ast StmtIf, scopes: &mut Scopes) -> Flow {
        match self.is_true(&statement.test, scopes) {
            Some(true) => return self.run(&statement.body, scopes),
            Some(false) => {}
            None => return Flow::Unknown,
        }
        for clause in &statement.elif_else_clauses {
            match clause.test.as_ref().map_or(Some(true), |test| self.is_true(test, scopes)) {
                Some(true) => return self.run(&clause.body, scopes),
                Some(false) => {}
                None => return Flow::Unknown,
            }
        }
        Flow::Next
    }

    fn turns(&mut self, statement: &'ast StmtFor, scopes: &mut Scopes) -> Flow {
        let list = match self.value(&statement.iter, scopes) {
            Value::List(list) if !list.is_partial => list,
            Value::File(path) => match self.lines(&path) {
                Value::List(list) => list,
                _ => return Flow::Unknown,
            },
            _ => return Flow::Unknown,
        };
        for item in list.items.iter() {
            bind(&statement.target, Value::Text(Rc::clone(item)), scopes);
            match self.run(&statement.body, scopes) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                end => return end,
            }
        }
        self.run(&statement.orelse, scopes)
    }

    /// Whether a condition holds; `None` if that is only known when the script runs.
    pub(super) fn is_true(&mut self, condition: &Expr, scopes: &Scopes) -> Option<bool> {
        match self.value(condition, scopes) {
            Value::Bool(is_true) => Some(is_true),
            Value::Nothing => Some(false),
            Value::Text(text) => Some(!text.is_empty()),
            Value::List(list) if !list.is_partial => Some(!list.items.is_empty()),
            _ => None,
        }
    }

    /// Does what a call does to the names of its function: `exec` binds those of another module.
    fn execute(&mut self, call: &ExprCall, scopes: &mut Scopes) {
        let Some(names) = self.executed(call, scopes) else { return };
        let Some(own) = scopes.last_mut() else { return };
        if let Some(Expr::Name(target)) = call.arguments.args.get(1) {
            if let Some(old) = own.get_mut(target.id.as_str()) {
                let value = std::mem::replace(old, Value::Computed);
                *old = value.updated(names, &self.bytes);
            }
        } else if let Value::Dict(names) = names {
            let names = names.entries.iter();
            own.extend(names.map(|(name, value)| (name.to_string(), value.clone())));
        }
    }

    /// The names that a call of `exec` binds.
    pub(super) fn executed(&mut self, call: &ExprCall, scopes: &Scopes) -> Option<Value> {
        let is_file = is_function(call, "execfile");
        if !is_file && !is_function(call, "exec") {
            return None;
        }
        let source = match self.value(call.arguments.args.first()?, scopes) {
            Value::Text(path) if is_file => self.content(&path),
            value => value,
        };
        let Value::Text(source) = source else { return None };
        Some(self.literals(&source))
    }

    /// The names of the module in the file at `path` (`runpy.run_path`).
    pub(super) fn module(&mut self, path: &str) -> Value {
        match self.content(path) {
            Value::Text(source) => self.literals(&source),
            _ => Value::Computed,
        }
    }

    /// The names of a module of the project, given by its dotted name; `None` if there is none.
    pub(super) fn imported(&mut self, name: &str) -> Option<Value> {
        let path = name.replace('.', "/");
        let files = [format!("{path}.py"), join(&path, "__init__.py")];
        let file = files.into_iter().find(|file| self.tree.has_file(file))?;
        Some(self.module(&file))
    }

    fn literals(&mut self, source: &str) -> Value {
        self.reads += 1;
        if self.reads > super::literal::MAX_READS {
            return Value::Computed;
        }
        let mut names = Value::Dict(Rc::new(Dict::default()));
        for (name, literal) in python::literals(source) {
            names = names.with_entry(name.into(), literal.into(), &self.bytes);
        }
        names
    }

    /// The path below another one (`Path(a) / b`).
    pub(super) fn path(&mut self, folder: &str, path: &str) -> Value {
        let path = join(folder, path);
        self.made(normal(&path).unwrap_or(path))
    }
}

fn bind(target: &Expr, value: Value, scopes: &mut Scopes) {
    let Some(own) = scopes.last_mut() else { return };
    match target {
        Expr::Name(name) => {
            own.insert(name.id.to_string(), value);
        }
        Expr::Tuple(tuple) => {
            tuple.elts.iter().for_each(|target| bind(target, Value::Computed, scopes));
        }
        // What is changed inside of a value is not followed.
        Expr::Subscript(entry) => bind(&entry.value, Value::Computed, scopes),
        _ => {}
    }
}
