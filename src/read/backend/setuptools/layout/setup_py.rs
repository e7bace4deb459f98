//! The arguments of `setup()` in `setup.py` that the layout depends on.

use super::arguments::Arguments;
use super::script::{self, Call};
use super::settings::{ARGUMENTS, Settings};
use crate::read::source_tree::SourceTree;

/// The settings in `setup.py`; the default ones if there is no such file, and unknown ones if it
/// calls no `setup()`.
pub(super) fn read(tree: &SourceTree) -> Settings {
    let mut arguments = Arguments::new();
    let mut all: Option<Settings> = None;
    let note = |call: &Call| {
        let settings = arguments.settings(call);
        match &mut all {
            Some(first) => agree(first, settings),
            None => all = Some(settings),
        }
    };
    match script::calls(tree, note) {
        Some(()) => all.unwrap_or_else(Settings::unknown),
        None => Settings::default(),
    }
}

/// Of several calls, only what they agree on is certain.
fn agree(first: &mut Settings, call: Settings) {
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::read::backend::setuptools::layout::tests::tree_of;

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
