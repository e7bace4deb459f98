//! The modules that the modules of a package import.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtImportFrom};

use crate::path::MemberPath;
use crate::python;

/// The dotted names of imported modules, and of what may be modules.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Those without which a module cannot be imported, each with the path of one that needs it.
    pub(super) required: BTreeMap<String, String>,
    /// The same of what may be a module, or a name that a package defines.
    pub(super) names: BTreeMap<String, String>,
    /// Those that may fail, or are only imported later.
    pub(super) optional: BTreeSet<String>,
}

impl Imports {
    /// Whether the module at `path` is imported only where that may fail.
    pub(super) fn is_only_optional(&self, path: &str) -> bool {
        let module = path.strip_suffix(".py").unwrap_or(path).replace('/', ".");
        self.optional.contains(&module)
            && !self.required.contains_key(&module)
            && !self.names.contains_key(&module)
    }

    /// Adds those of the module that is installed as `path`.
    pub(super) fn add(&mut self, path: &MemberPath, source: &str) {
        let found = python::with_module(source, |module| {
            let mut walk = Walk { package: package_of(path), found: Vec::new() };
            walk.statements(module, true);
            walk.found
        });
        for Import { name, is_module, surely } in found.unwrap_or_default() {
            let required = match (surely, is_module) {
                (true, true) => &mut self.required,
                (true, false) => &mut self.names,
                (false, _) => {
                    self.optional.insert(name);
                    continue;
                }
            };
            required.entry(name).or_insert_with(|| path.to_string());
        }
    }
}

/// The parts of the name of the package that a module belongs to.
fn package_of(path: &MemberPath) -> Vec<&str> {
    path.parent().into_iter().flat_map(|parent| parent.split('/')).collect()
}

struct Import {
    name: String,
    /// Whether the name can only be that of a module.
    is_module: bool,
    /// Whether the importing module cannot be imported without it.
    surely: bool,
}

struct Walk<'a> {
    package: Vec<&'a str>,
    found: Vec<Import>,
}

impl Walk<'_> {
    /// Follows statements; `surely` means that the module cannot be imported if they fail.
    fn statements(&mut self, statements: &[Stmt], surely: bool) {
        for statement in statements {
            match statement {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        self.found.push(Import {
                            name: alias.name.to_string(),
                            is_module: true,
                            surely,
                        });
                    }
                }
                Stmt::ImportFrom(import) => self.import_from(import, surely),
                Stmt::ClassDef(class) => self.statements(&class.body, surely),
                Stmt::FunctionDef(function) => self.statements(&function.body, false),
                Stmt::For(statement) => self.statements(&statement.body, false),
                Stmt::While(statement) => self.statements(&statement.body, false),
                Stmt::With(statement) => {
                    // It may be `with suppress(ImportError)`.
                    let calls = statement
                        .items
                        .iter()
                        .any(|item| matches!(item.context_expr, Expr::Call(_)));
                    self.statements(&statement.body, surely && !calls);
                }
                Stmt::If(statement) => {
                    self.statements(&statement.body, false);
                    for clause in &statement.elif_else_clauses {
                        self.statements(&clause.body, false);
                    }
                }
                Stmt::Try(statement) => {
                    let is_caught = !statement.handlers.is_empty();
                    self.statements(&statement.body, surely && !is_caught);
                    for ExceptHandler::ExceptHandler(handler) in &statement.handlers {
                        self.statements(&handler.body, false);
                    }
                    self.statements(&statement.orelse, surely && !is_caught);
                    self.statements(&statement.finalbody, surely);
                }
                _ => {}
            }
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom, surely: bool) {
        let level = import.level as usize;
        let Some(kept) = (self.package.len() + 1).checked_sub(level) else { return };
        let above = if level == 0 { &[][..] } else { &self.package[..kept] };
        let module = import.module.as_ref().map(ruff_python_ast::Identifier::as_str);
        let base: Vec<&str> = above.iter().copied().chain(module).collect();
        let base = base.join(".");
        for alias in import.names.iter().filter(|alias| alias.name.as_str() != "*") {
            let dot = if base.is_empty() { "" } else { "." };
            let name = format!("{base}{dot}{}", alias.name);
            self.found.push(Import { name, is_module: false, surely });
        }
        if !base.is_empty() {
            self.found.push(Import { name: base, is_module: true, surely });
        }
    }
}
