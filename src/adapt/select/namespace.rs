//! Packages that several projects share, as CPython has to be told of them.

use ruff_python_ast::{ExceptHandler, Expr, Stmt};

use crate::package::File;
use crate::python;

/// The functions that declare a package a namespace: of `pkg_resources` and of `pkgutil`.
const DECLARATIONS: [&str; 2] = ["declare_namespace", "extend_path"];

/// Longer modules do more than declare something.
const MAX_LENGTH: usize = 4096;

/// Whether the file does nothing but declare its package a namespace. MicroPython takes a folder
/// without `__init__.py` for one, and has none of the functions.
pub(super) fn declares_namespace(file: &File) -> bool {
    if file.path.file_name() != "__init__.py" || file.data.len() > MAX_LENGTH {
        return false;
    }
    let Ok(source) = std::str::from_utf8(&file.data) else { return false };
    DECLARATIONS.iter().any(|name| source.contains(name))
        && python::with_module(source, |module| module.iter().all(is_part)).unwrap_or(false)
}

/// Whether the statement is a part of a declaration, or does nothing.
fn is_part(statement: &Stmt) -> bool {
    match statement {
        Stmt::Import(import) => {
            import.names.iter().all(|alias| matches!(&*alias.name, "pkgutil" | "pkg_resources"))
        }
        Stmt::ImportFrom(import) => import
            .module
            .as_ref()
            .is_some_and(|name| matches!(&**name, "pkgutil" | "pkg_resources")),
        Stmt::Expr(statement) => {
            statement.value.is_string_literal_expr() || declares(&statement.value)
        }
        Stmt::Assign(statement) => declares(&statement.value),
        Stmt::Pass(_) => true,
        Stmt::Try(statement) => {
            let handlers = statement.handlers.iter();
            let in_handlers =
                handlers.flat_map(|ExceptHandler::ExceptHandler(handler)| &handler.body);
            statement.body.iter().chain(in_handlers).all(is_part)
                && statement.orelse.is_empty()
                && statement.finalbody.is_empty()
        }
        _ => false,
    }
}

fn declares(expression: &Expr) -> bool {
    let Expr::Call(call) = expression else { return false };
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    DECLARATIONS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Origin;

    #[test]
    fn only_declarations_of_namespaces_are_left_out() {
        let is = |path: &str, text: &'static str| {
            let origin = Origin::Generated { by: "test" };
            declares_namespace(&File { path: path.parse().unwrap(), data: text.into(), origin })
        };
        let init = |text| is("ns/__init__.py", text);
        let pkg_resources = "__import__('pkg_resources').declare_namespace(__name__)\n";
        assert!(init(pkg_resources));
        assert!(init("# shared\n__path__ = __import__('pkgutil').extend_path(__path__, __name__)"));
        assert!(init(
            "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)"
        ));
        assert!(init(
            "\"\"\"Shared.\"\"\"\ntry:\n    import pkg_resources\n    \
             pkg_resources.declare_namespace(__name__)\nexcept ImportError:\n    import pkgutil\n    \
             __path__ = pkgutil.extend_path(__path__, __name__)\n"
        ));
        assert!(!init("from pkgutil import extend_path\n__version__ = '1'\n"));
        assert!(!init("import x\n__path__ = x.extend_path(__path__, __name__)\n"));
        assert!(!init(""));
        assert!(!is("ns/a.py", pkg_resources));
    }
}
