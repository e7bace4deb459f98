//! What a call in a script names.

use ruff_python_ast::{Expr, ExprCall};

/// The last part of the name of the called function.
pub(super) fn callee(call: &ExprCall) -> Option<&str> {
    name_of(&call.func)
}

pub(super) fn name_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// Whether a method of `os.path` is called, and not one of a text.
pub(super) fn is_path(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Attribute(attribute) => name_of(&attribute.value) == Some("path"),
        _ => true,
    }
}

/// Whether `call` is one of a function by its own name, not of a method.
pub(super) fn is_function(call: &ExprCall, name: &str) -> bool {
    matches!(&*call.func, Expr::Name(_)) && callee(call) == Some(name)
}

/// The text that a literal stands for (`ast.literal_eval`).
pub(super) fn literal_eval(text: &str) -> Option<&str> {
    let text = text.trim();
    let inner = ['"', '\''].iter().find_map(|quote| {
        text.strip_prefix(*quote)?.strip_suffix(*quote).filter(|inner| !inner.contains(*quote))
    })?;
    (!inner.contains('\\')).then_some(inner)
}
