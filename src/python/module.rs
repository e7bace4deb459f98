//! The assignments at the top level of a module, without those in functions and conditions.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, Number, Stmt};

/// The docstring and the assignments of a module that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// The docstring, with its indentation.
    pub docstring: Option<String>,
    /// The values that are assigned to the name that was asked for, in their order; `None` for
    /// one that is only known when the module runs.
    pub assigned: Vec<Option<Literal>>,
}

/// A value that is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// A text.
    Text(String),
    /// A whole number.
    Number(u64),
    /// The elements of a tuple or list.
    Sequence(Vec<Literal>),
}

impl Literal {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Outline {
    /// The outline of the module with this source, with the assignments to `name`; an empty one if
    /// the source cannot be read.
    pub fn of(source: &[u8], name: &str) -> Self {
        let source = String::from_utf8_lossy(source);
        super::with_module(&source, |module| Self {
            docstring: docstring(module),
            assigned: module.iter().flat_map(|statement| assigned(statement, name)).collect(),
        })
        .unwrap_or_default()
    }
}

/// The literals that a module assigns at its top level, by name; of several the last. A name is left out
/// if it gets a value that is only known when the module runs.
pub(crate) fn literals(source: &str) -> BTreeMap<String, Literal> {
    super::with_module(source, |module| {
        let mut all = BTreeMap::new();
        for statement in module {
            let targets = match statement {
                Stmt::Assign(assignment) => &assignment.targets[..],
                Stmt::AnnAssign(assignment) => std::slice::from_ref(&*assignment.target),
                _ => continue,
            };
            for name in targets.iter().filter_map(Expr::as_name_expr) {
                let value = assigned(statement, &name.id).pop().flatten();
                match value {
                    Some(value) => all.insert(name.id.to_string(), value),
                    None => all.remove(name.id.as_str()),
                };
            }
        }
        all
    })
    .unwrap_or_default()
}

fn docstring(module: &[Stmt]) -> Option<String> {
    let Stmt::Expr(first) = module.first()? else { return None };
    Some(first.value.as_string_literal_expr()?.value.to_str().to_owned())
}

/// The values that a statement assigns to `name`; several for `name = name = 1` only.
fn assigned(statement: &Stmt, name: &str) -> Vec<Option<Literal>> {
    let is_it = |target: &&Expr| target.as_name_expr().is_some_and(|it| it.id.as_str() == name);
    match statement {
        Stmt::Assign(assignment) => {
            let targets = assignment.targets.iter().filter(is_it);
            targets.map(|_| literal(&assignment.value)).collect()
        }
        Stmt::AnnAssign(assignment) => {
            let value = assignment.value.as_deref().filter(|_| is_it(&&*assignment.target));
            value.into_iter().map(literal).collect()
        }
        _ => Vec::new(),
    }
}

/// The value of an expression that is a literal (`ast.literal_eval`), of the kinds that versions
/// are written in.
fn literal(expression: &Expr) -> Option<Literal> {
    match expression {
        Expr::StringLiteral(text) => Some(Literal::Text(text.value.to_str().to_owned())),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(number) => number.as_u64().map(Literal::Number),
            _ => None,
        },
        Expr::Tuple(tuple) => sequence(&tuple.elts),
        Expr::List(list) => sequence(&list.elts),
        _ => None,
    }
}

fn sequence(elements: &[Expr]) -> Option<Literal> {
    elements.iter().map(literal).collect::<Option<_>>().map(Literal::Sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_literals_at_the_top_level_are_known() {
        let source =
            b"'''A\n  b'''\nif x:\n  v = '0'\nv: str = '1' '2'\nw = v = (1, 'a')\nv = f()\n";
        let text = |text: &str| Literal::Text(text.to_owned());
        assert_eq!(
            Outline::of(source, "v"),
            Outline {
                docstring: Some("A\n  b".to_owned()),
                assigned: vec![
                    Some(text("12")),
                    Some(Literal::Sequence(vec![Literal::Number(1), text("a")])),
                    None,
                ],
            }
        );
        assert_eq!(Outline::of(&b"(".repeat(20_000), "v"), Outline::default());
        let all = literals("a = b = '1'\nb = f()\nc: str = 'c'\nif x:\n  d = 1\n");
        assert_eq!(all, BTreeMap::from([("a", "1"), ("c", "c")].map(|(n, v)| (n.into(), text(v)))));
    }
}
