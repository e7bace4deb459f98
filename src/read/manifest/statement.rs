//! Parses the statements of a manifest.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Number, Stmt};
use ruff_text_size::Ranged;

use super::function::FUNCTIONS;
use crate::python::{Unread, with_valid_module};

/// One statement with an effect, and its line, counted from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) line: usize,
    pub(super) kind: Kind,
}

/// The kind of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// The call of a function.
    Call(Call),
    /// A function of manifests in a place where its effect is only known when it runs.
    Computed,
    /// Something that has nothing to do with the functions of manifests.
    Other,
}

/// The call of a function, at the top of a manifest.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) function: String,
    pub(super) positional: Vec<Value>,
    pub(super) keywords: Vec<(String, Value)>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nothing,
    Bool(bool),
    Number(u64),
    Text(String),
    /// The elements of a list or tuple.
    List(Vec<Value>),
    /// Anything that is not written out.
    Computed,
}

/// Hands the statements of a manifest to `follow`, one after the other.
///
/// # Errors
/// Why the text cannot be read, with the line if it is known.
pub(super) fn statements(text: &str) -> Result<Vec<Statement>, (Option<usize>, String)> {
    let lines = Lines::of(text);
    let read = |module: &[Stmt]| {
        let kinds = module.iter().filter_map(|statement| Some((statement, kind(statement)?)));
        kinds
            .map(|(statement, kind)| Statement { line: lines.at(statement.start().into()), kind })
            .collect()
    };
    with_valid_module(text, read).map_err(|unread| match unread {
        Unread::TooLarge => (None, "a file that is too long or too deeply nested".to_owned()),
        Unread::Invalid { offset, fault } => (Some(lines.at(offset)), fault),
    })
}

/// Where the lines of a text start.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(place, _)| place + 1).collect())
    }

    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) + 1
    }
}

/// The kind of a statement; `None` if it has no effect.
fn kind(statement: &Stmt) -> Option<Kind> {
    match statement {
        Stmt::Pass(_) => return None,
        Stmt::Expr(expression) => match &*expression.value {
            Expr::StringLiteral(_) | Expr::EllipsisLiteral(_) => return None,
            Expr::Call(call) => {
                if let Some(call) = plain_call(call) {
                    return Some(Kind::Call(call));
                }
            }
            _ => {}
        },
        _ => {}
    }
    let mut search = Search { found: false };
    search.visit_stmt(statement);
    Some(if search.found { Kind::Computed } else { Kind::Other })
}

/// The call of a function by its name; `None` for any other.
fn plain_call(call: &ExprCall) -> Option<Call> {
    let function = call.func.as_name_expr()?.id.to_string();
    let keyword = |keyword: &ruff_python_ast::Keyword| {
        // An argument after two stars has no name.
        let name = keyword.arg.as_ref().map_or("**", |name| name.as_str());
        (name.to_owned(), value(&keyword.value))
    };
    Some(Call {
        function,
        positional: call.arguments.args.iter().map(value).collect(),
        keywords: call.arguments.keywords.iter().map(keyword).collect(),
    })
}

fn value(expression: &Expr) -> Value {
    match expression {
        Expr::NoneLiteral(_) => Value::Nothing,
        Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
        Expr::StringLiteral(literal) => Value::Text(literal.value.to_str().to_owned()),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(number) => number.as_u64().map_or(Value::Computed, Value::Number),
            _ => Value::Computed,
        },
        Expr::List(list) => Value::List(list.elts.iter().map(value).collect()),
        Expr::Tuple(tuple) => Value::List(tuple.elts.iter().map(value).collect()),
        _ => Value::Computed,
    }
}

/// Looks for the name of a function of manifests.
struct Search {
    found: bool,
}

impl<'a> Visitor<'a> for Search {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !self.found {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let is_one = |name: &str| FUNCTIONS.iter().any(|function| function.name == name);
        self.found |= expression.as_name_expr().is_some_and(|name| is_one(name.id.as_str()));
        if !self.found {
            walk_expr(self, expression);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(usize, Kind)> {
        statements(text).unwrap().into_iter().map(|one| (one.line, one.kind)).collect()
    }

    #[test]
    fn calls_are_read_as_they_are_written() {
        let text = "\"\"\"Doc.\"\"\"\n# note\npackage(\n    'a' 'b', files=('c.py', f()), opt=3\n)\npass\n";
        let call = Call {
            function: "package".to_owned(),
            positional: vec![Value::Text("ab".to_owned())],
            keywords: vec![
                (
                    "files".to_owned(),
                    Value::List(vec![Value::Text("c.py".to_owned()), Value::Computed]),
                ),
                ("opt".to_owned(), Value::Number(3)),
            ],
        };
        assert_eq!(kinds(text), [(3, Kind::Call(call))]);
    }

    #[test]
    fn statements_that_may_name_files_are_computed() {
        for text in
            ["if x:\n  module('a.py')", "f = package", "x.y(require)", "[freeze(x) for x in y]"]
        {
            assert_eq!(kinds(text), [(1, Kind::Computed)], "{text}");
        }
        for text in ["import os", "x = 1", "options.defaults(a=1)", "def f(): pass"] {
            assert_eq!(kinds(text), [(1, Kind::Other)], "{text}");
        }
    }

    #[test]
    fn errors_of_syntax_have_a_line() {
        assert_eq!(statements("a\nmodule(\n'a'").unwrap_err().0, Some(3));
        assert_eq!(statements(&"(".repeat(20_000)).unwrap_err().0, None);
    }
}
