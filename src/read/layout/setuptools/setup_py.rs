//! The call of `setup()` in `setup.py`, read and not run.
//!
//! Statements are followed in their order; what is done under a condition or in a loop makes the
//! names it touches uncertain. Functions are looked into after the module, as if they were called
//! at its end.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::thread;

use ruff_python_ast::{Expr, ExprCall, Operator, Stmt, StmtFunctionDef, StmtIf};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use super::arguments::Arguments;
use super::literal::{Evaluator, Scopes, Value, callee};
use super::nesting;
use super::settings::{ARGUMENTS, Settings};
use crate::read::source_tree::SourceTree;

pub(super) const PATH: &str = "setup.py";
/// Longer scripts are not read. They are written by machines, or hostile.
const LONGEST: usize = 256 * 1024;
/// Deeper scripts are not read.
const DEEPEST: usize = 200;
/// The stack for a script of that depth, in bytes: far more than it takes without optimisation.
const STACK: usize = 8 << 20;

/// The settings in `setup.py`; the default ones if there is no such file, and unknown ones if it
/// calls no `setup()`.
pub(super) fn read(tree: &SourceTree) -> Settings {
    let Some(bytes) = tree.get(PATH) else { return Settings::default() };
    let source = String::from_utf8_lossy(bytes);
    let source = source.trim_start_matches('\u{feff}');
    // Parsing, following and dropping a script are recursive, and a caller's own thread may have
    // but a small stack.
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let Ok(reader) = thread.spawn_scoped(scope, || interpret(tree, source)) else {
            return Settings::unknown();
        };
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The settings in the text of a `setup.py`.
fn interpret(tree: &SourceTree, source: &str) -> Settings {
    if source.len() > LONGEST || !nesting::is_at_most(source, DEEPEST) {
        return Settings::unknown();
    }
    // The parser recovers from errors: Python 2 is no reason to give up.
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module)).try_into_module();
    let Some(parsed) = parsed else { return Settings::unknown() };
    let mut script = Script::new(tree);
    script.run(parsed.suite());
    script.settings.unwrap_or_else(Settings::unknown)
}

struct Script<'tree, 'ast> {
    evaluator: Evaluator<'tree>,
    scopes: Scopes,
    functions: VecDeque<&'ast StmtFunctionDef>,
    arguments: Arguments,
    /// What the calls of `setup()` agree on so far.
    settings: Option<Settings>,
}

impl<'tree, 'ast> Script<'tree, 'ast> {
    fn new(tree: &'tree SourceTree) -> Self {
        Self {
            evaluator: Evaluator::new(tree),
            scopes: vec![HashMap::new()],
            functions: VecDeque::new(),
            arguments: Arguments::new(),
            settings: None,
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

    /// Notes the settings of a call. Of several calls, only what they agree on is certain.
    fn note(&mut self, call: Settings) {
        let Some(first) = &mut self.settings else {
            self.settings = Some(call);
            return;
        };
        let same = [
            first.packages == call.packages,
            first.py_modules == call.py_modules,
            first.package_dir == call.package_dir,
            first.package_data == call.package_data,
            first.exclude_package_data == call.exclude_package_data,
            first.include_package_data == call.include_package_data,
        ];
        let differs = ARGUMENTS.into_iter().zip(same).filter(|(_, same)| !same);
        first.computed.extend(differs.map(|(argument, _)| argument));
        first.computed.extend(call.computed);
        first.native.extend(call.native);
    }

    /// Follows statements; `surely` tells whether they are run exactly once.
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
                self.change(&statement.target, surely, |old| {
                    if is_add { old.plus(added) } else { old.into_partial() }
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
            Stmt::With(statement) => self.statements(&statement.body, surely),
            // Handlers are for what should not happen.
            Stmt::Try(statement) => {
                self.statements(&statement.body, surely);
                self.statements(&statement.orelse, surely);
                self.statements(&statement.finalbody, surely);
            }
            Stmt::FunctionDef(function) => self.functions.push_back(function),
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
                let settings = self.call(call);
                self.note(settings);
            }
            Expr::Call(call) => self.method(call, surely),
            // `__name__ == "__main__" and setup(…)`
            Expr::BoolOp(operation) => {
                for value in &operation.values {
                    self.expression(value, surely);
                }
            }
            _ => {}
        }
    }

    fn method(&mut self, call: &'ast ExprCall, surely: bool) {
        let Expr::Attribute(method) = &*call.func else { return };
        let argument = call.arguments.args.first();
        let argument =
            argument.map_or(Value::Computed, |value| self.evaluator.value(value, &self.scopes));
        match (method.attr.as_str(), argument) {
            ("append", Value::Text(text)) => {
                let mut list = super::literal::List::default();
                list.items.push(text);
                self.change(&method.value, surely, |old| old.plus(Value::List(Rc::new(list))));
            }
            ("extend", list) => self.change(&method.value, surely, |old| old.plus(list)),
            ("update", dict) => self.change(&method.value, surely, |old| old.updated(dict)),
            ("append" | "insert" | "remove" | "pop" | "setdefault" | "clear", _) => {
                self.change(&method.value, surely, Value::into_partial);
            }
            _ => {}
        }
    }

    fn assign(&mut self, target: &Expr, value: Value, surely: bool) {
        match target {
            Expr::Name(name) => {
                let is_new =
                    self.scopes.last().is_none_or(|scope| !scope.contains_key(name.id.as_str()));
                let value = match (surely, is_new) {
                    (true, _) => value,
                    (false, true) => value.into_partial(),
                    (false, false) => return self.change(target, false, Value::into_partial),
                };
                if let Some(scope) = self.scopes.last_mut() {
                    scope.insert(name.id.to_string(), value);
                }
            }
            Expr::Tuple(tuple) => {
                for target in &tuple.elts {
                    self.assign(target, Value::Computed, surely);
                }
            }
            Expr::Subscript(entry) => match self.evaluator.value(&entry.slice, &self.scopes) {
                Value::Text(key) => {
                    self.change(&entry.value, surely, |old| old.with_entry(key, value));
                }
                _ => self.change(&entry.value, surely, Value::into_partial),
            },
            _ => {}
        }
    }

    /// Changes the value that `target` is bound to, if it is a name. What a function does to the
    /// names of the module, and what is done under a condition, is never certain.
    fn change(&mut self, target: &Expr, surely: bool, change: impl FnOnce(Value) -> Value) {
        let Expr::Name(name) = target else { return };
        let innermost = self.scopes.len() - 1;
        let mut scopes = self.scopes.iter_mut().enumerate().rev();
        let bound =
            scopes.find_map(|(level, scope)| Some((level, scope.get_mut(name.id.as_str())?)));
        if let Some((level, value)) = bound {
            let old = std::mem::replace(value, Value::Computed);
            let new = change(old);
            *value = if surely && level == innermost { new } else { new.into_partial() };
        }
    }

    /// The settings that a call of `setup()` gives.
    fn call(&mut self, call: &ExprCall) -> Settings {
        let mut settings = Settings::default();
        let mut arguments: BTreeMap<Rc<str>, Value> = BTreeMap::new();
        for keyword in &call.arguments.keywords {
            let value = self.evaluator.value(&keyword.value, &self.scopes);
            match (&keyword.arg, value) {
                (Some(name), value) => {
                    arguments.insert(name.as_str().into(), value);
                }
                (None, Value::Dict(dict)) => {
                    arguments.extend(dict.entries.clone());
                    if dict.is_partial {
                        settings.computed.extend(ARGUMENTS);
                    }
                }
                (None, _) => settings.computed.extend(ARGUMENTS),
            }
        }
        for (name, value) in arguments {
            self.arguments.note(&mut settings, &name, &value);
        }
        settings
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::layout::setuptools::tests::tree_of;

    fn settings(script: &str) -> Settings {
        read(&tree_of(&[
            ("setup.py", script),
            ("a/__init__.py", ""),
            ("a/b/__init__.py", ""),
            ("src/c/__init__.py", ""),
            ("tests/__init__.py", ""),
        ]))
    }

    fn packages(script: &str) -> Vec<String> {
        let settings = settings(script);
        assert_eq!(settings.computed.into_iter().collect::<Vec<_>>(), Vec::<&str>::new());
        settings.packages.unwrap_or_default()
    }

    #[test]
    fn literal_arguments_are_read() {
        let found = settings(
            "from distutils.core import setup\nprint 'Python 2'\nexec code in scope\n\
             setup(name='x', packages=['a', 'a.' 'b'] + list(('d',)), package_dir={'': 'lib'},\n\
             py_modules=None, package_data={'a': ['*.txt'] + ['x']}, include_package_data=1)\n",
        );
        assert_eq!(found.packages.unwrap(), ["a", "a.b", "d"]);
        assert_eq!(found.package_dir[""], "lib");
        assert_eq!(found.py_modules, None);
        assert_eq!(found.package_data.unwrap()["a"], ["*.txt", "x"]);
        assert_eq!(found.include_package_data, Some(true));
        assert!(found.computed.is_empty() && found.native.is_empty());
    }

    #[test]
    fn names_are_followed() {
        assert_eq!(
            packages("P = ['a']\nQ = P\nQ += ['b']\nQ.append('c')\nsetup(packages=Q)"),
            ["a", "b", "c"]
        );
        assert_eq!(
            packages("kw = dict(packages=['a'])\nkw['packages'] = ['b']\nsetup(**kw)"),
            ["b"]
        );
        assert_eq!(
            packages(
                "def main():\n  p = ['l']\n  setup(packages=p)\nif __name__ == '__main__':\n  main()"
            ),
            ["l"]
        );
        assert_eq!(packages("def main():\n  setup(packages=p)\np = ['g']\nmain()"), ["g"]);
        assert_eq!(
            packages("kw = {'packages': ['a']}\n__name__ == '__main__' and setuptools.setup(**kw)"),
            ["a"]
        );
    }

    #[test]
    fn packages_are_searched() {
        assert_eq!(packages("setup(packages=find_packages())"), ["a", "a.b", "tests"]);
        assert_eq!(packages("setup(packages=setuptools.find_packages('src'))"), ["c"]);
        assert_eq!(packages("setup(packages=find_packages(exclude=['tests', 'a.*']))"), ["a"]);
        assert_eq!(
            packages("setup(packages=find_packages(include=('a*',)) + ['z'])"),
            ["a", "a.b", "z"]
        );
        assert_eq!(
            packages(
                "here = os.path.abspath(os.path.dirname(__file__))\n\
                      setup(packages=find_namespace_packages(where=os.path.join(here, 'src')))"
            ),
            ["c"]
        );
        assert_eq!(packages("setup(packages=PEP420PackageFinder.find('src'))"), ["c"]);
    }

    #[test]
    fn what_is_computed_is_said_to_be() {
        let found = settings("p = ['a']\nfor x in walk():\n  p.append(x)\nsetup(packages=p)");
        assert_eq!(found.packages.unwrap(), ["a"]);
        assert!(found.computed.contains("packages"));
        let found =
            settings("if PY3:\n  d = {'': 'py3'}\nelse:\n  d = {'': 'py2'}\nsetup(package_dir=d)");
        assert!(found.computed.contains("package_dir"));
        for script in ["setup(**load())", "execute()", "setup(pbr=True)", "((((", ""] {
            assert_eq!(settings(script).computed.len(), ARGUMENTS.len(), "{script}");
        }
        let two = settings("if x:\n  setup(packages=['a'])\nelse:\n  setup(packages=['b'])");
        assert!(two.computed.contains("packages") && !two.computed.contains("py_modules"));
    }

    #[test]
    fn compilers_are_seen() {
        for script in [
            "setup(ext_modules=[Extension('a', ['a.c'])])",
            "setup(ext_modules=cythonize('a.pyx'))",
            "setup(cffi_modules=['build.py:ffi'])",
        ] {
            assert_eq!(settings(script).native.len(), 1, "{script}");
        }
        assert!(settings("setup(ext_modules=[])").native.is_empty());
    }

    #[test]
    fn hostile_scripts_end_soon() {
        for part in ["(", "-", "lambda: ", "a.b.", "a()", "not ", "[", "x + ", "{'a': "] {
            assert!(settings(&part.repeat(20_000)).packages.is_none());
            // As deep as is read at all, on the small stack of a test.
            assert!(
                settings(&format!("setup(packages={}", part.repeat(90)))
                    .packages
                    .is_none_or(|p| p.is_empty())
            );
        }
        let doubling = format!("a = ['x']\n{}setup(packages=a)", "a = a + a\n".repeat(2_000));
        assert!(settings(&doubling).computed.contains("packages"));
        let nested = format!("a = {{}}\n{}setup(**a)", "a = {'x': a}\n".repeat(5_000));
        assert!(settings(&nested).packages.is_none());
        let found = format!("setup(packages={}[])", "find_packages() + ".repeat(50));
        assert!(settings(&found).computed.contains("packages"));
    }

    #[test]
    fn shared_texts_fill_no_memory() {
        let list = format!(
            "s = 'x'\n{}a = [s]\n{}d = {{}}\n",
            "s = s + s\n".repeat(12),
            "a = a + a\n".repeat(12)
        );
        let entries: Vec<String> = (0..200).map(|key| format!("d['k{key}'] = a\n")).collect();
        let entries = entries.concat();
        let found = settings(&format!("{list}{entries}setup(package_data=d)"));
        assert!(found.computed.contains("package_data"));
        let calls = format!("{list}{}", "setup(packages=a)\n".repeat(2_000));
        assert!(settings(&calls).computed.contains("packages"));
    }

    #[test]
    fn small_stacks_of_callers_are_enough() {
        let read_all = || {
            for part in ["lambda a,:", "yield a, ", "("] {
                assert!(settings(&part.repeat(20_000)).packages.is_none(), "{part}");
                settings(&format!("x = f({}", part.repeat(60)));
            }
        };
        let thread = thread::Builder::new().stack_size(256 * 1024);
        thread.spawn(read_all).unwrap().join().unwrap();
    }
}
