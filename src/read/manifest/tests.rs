use std::fs;

use super::*;

/// A folder `name` with these files, and the package that is read from it.
fn read_files(files: &[(&str, &str)]) -> Result<Package> {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("thing");
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    read(&folder.join(FILE), &ReadOptions::default())
}

/// What a manifest with a version and these lines takes of a tree.
fn taken(lines: &str) -> Result<Vec<(String, String)>, Vec<String>> {
    let manifest = format!("metadata(version='1.0')\n{lines}\n");
    let files = [
        ("manifest.py", manifest.as_str()),
        ("m.py", ""),
        ("pkg/__init__.py", ""),
        ("pkg/deep/a.PY", ""),
        ("pkg/b.mpy", ""),
        ("pkg/data.txt", ""),
        ("src/other/c.py", ""),
        ("src/pkg/d.py", ""),
    ];
    match read_files(&files) {
        Ok(package) => Ok(package
            .files
            .iter()
            .map(|file| {
                let Origin::Source { path } = &file.origin else { panic!("{file:?}") };
                (file.path.to_string(), path.to_string())
            })
            .collect()),
        Err(Error::Refused { findings, .. }) => {
            Err(findings.iter().map(|one| format!("{} {}", one.code.id(), one.facts())).collect())
        }
        Err(error) => panic!("{error}"),
    }
}

/// The same where each file is installed at its own path below `base`.
fn targets(lines: &str, base: &str) -> Vec<String> {
    let files = taken(lines).unwrap().into_iter();
    files
        .map(|(target, source)| {
            assert_eq!(source, format!("{base}{target}"));
            target
        })
        .collect()
}

#[test]
fn packages_and_modules_are_taken_as_a_build_takes_them() {
    assert_eq!(targets("package('pkg')", ""), ["pkg/__init__.py", "pkg/deep/a.PY"]);
    assert_eq!(targets("package('pkg/deep', opt=3)", ""), ["pkg/deep/a.PY"]);
    assert_eq!(
        targets("package('pkg', ('deep/a.PY', 'b.mpy'))", ""),
        ["pkg/b.mpy", "pkg/deep/a.PY"]
    );
    assert_eq!(targets("package('pkg', base_path='src')", "src/"), ["pkg/d.py"]);
    assert_eq!(targets("package('.', base_path='./src/')", "src/"), ["other/c.py", "pkg/d.py"]);
    assert_eq!(targets("module('m.py')\nmodule('m.py')", ""), ["m.py"]);
    assert_eq!(targets("module('other/c.py', 'pkg/../src')", "src/"), ["other/c.py"]);
}

#[test]
fn the_older_functions_are_followed_too() {
    assert_eq!(targets("freeze('src')", "src/"), ["other/c.py", "pkg/d.py"]);
    assert_eq!(targets("freeze('src', 'pkg')", "src/"), ["pkg/d.py"]);
    assert_eq!(targets("freeze('.', 'm.py')", ""), ["m.py"]);
    assert_eq!(
        targets("freeze('pkg', ['__init__.py', 'b.mpy'])", "pkg/"),
        ["__init__.py", "b.mpy"]
    );
    assert_eq!(targets("freeze_as_mpy('pkg/deep')", "pkg/deep/"), ["a.PY"]);
    assert_eq!(targets("freeze_as_str('pkg/deep')", "pkg/deep/"), ["a.PY"]);
    assert_eq!(targets("freeze_mpy('pkg')", "pkg/"), ["b.mpy"]);
}

#[test]
fn what_stops_a_build_is_refused() {
    for (lines, finding) in [
        ("x('a')", "MP730 manifest.py:2: `x`, which is not a function of manifests"),
        ("metadata(license='MIT')", "MP730 manifest.py:2: a second call of `metadata`"),
        ("module('n.py')", "MP730 manifest.py:2: `n.py`, which is not a file"),
        ("module('pkg/b.mpy')", "MP730 manifest.py:2: found `pkg/b.mpy`, expected a .py file"),
        ("package('pkg', ['x.py'])", "MP730 manifest.py:2: `pkg/x.py`, which is not a file"),
        ("package('pkg', base_path='lib')", "MP730 manifest.py:2: `lib`, which is not a folder"),
        ("include('pkg')", "MP730 manifest.py:2: `pkg`, which is not a manifest"),
        ("require('a', library='b')", "MP730 manifest.py:2: the unknown library `b`"),
        ("require('../a')", "MP730 manifest.py:2: `../a`, which is not a valid package name"),
        (
            "add_library('b', 'src')\nrequire('a', library='b')",
            "MP730 manifest.py:3: no package `a` below `src`",
        ),
        (
            "package('pkg',\n files=1)",
            "MP730 manifest.py:2: found an invalid value for `files`, expected a list of strings",
        ),
        ("module('m.py'", "MP730 manifest.py:3: unexpected EOF while parsing"),
        ("c_module('.')", "MP501 manifest.py:2: a module in C"),
    ] {
        assert_eq!(taken(lines).unwrap_err(), [finding], "{lines}");
    }
}

#[test]
fn two_files_cannot_have_one_place() {
    let files = [
        ("manifest.py", "metadata(version='1')\nmodule('a.py', 'x')\nmodule('a.py', 'y')"),
        ("x/a.py", ""),
        ("y/a.py", ""),
    ];
    let error = read_files(&files).unwrap_err().to_string();
    assert_eq!(
        error,
        "thing: manifest.py:3: a firmware build would stop here: found both `x/a.py` and `y/a.py` as `a.py` (MP730)"
    );
}

#[test]
fn only_literals_are_understood() {
    for lines in [
        "module(f())",
        "module('a' + '.py')",
        "package('pkg', files=[x for x in y])",
        "module(*args)",
        "module('m.py', **options)",
        "if options.ble:\n    module('m.py')",
        "for name in ('a',):\n    module(name)",
        "freeze(f'{x}')",
    ] {
        let codes: Vec<_> = taken(lines).unwrap_err();
        assert!(codes.len() == 1 && codes[0].starts_with("MP731 manifest.py:2"), "{codes:?}");
    }
}

#[test]
fn no_path_leads_out() {
    for lines in [
        "module('a.py', base_path='..')",
        "module('a.py', base_path='/etc')",
        "module('a.py', base_path='C:/x')",
        "package('a', base_path='$(BOARD_DIR)')",
        "freeze('$(PORT_DIR)/modules')",
        "include('../manifest.py')",
        "package('../pkg', base_path='src')",
        "package('/etc')",
    ] {
        let found = taken(lines).unwrap_err();
        assert!(found.len() == 1 && found[0].starts_with("MP732 manifest.py:2"), "{found:?}");
    }
    let found = taken("module('../m.py', base_path='src')").unwrap_err();
    assert_eq!(found, ["MP730 manifest.py:2: `../m.py`: a path with `..` in it"]);
}

#[test]
fn what_says_nothing_of_files_is_passed_over() {
    let lines = "'doc'\nimport os\nprint('x')\noptions.defaults(a=1)\ninclude('$(PORT_DIR)/boards/manifest.py')\npackage('src/none')\nmodule('m.py')\n";
    let manifest = format!("metadata(version='1.0')\n{lines}");
    let package = read_files(&[("manifest.py", manifest.as_str()), ("m.py", "")]).unwrap();
    assert_eq!(package.files.len(), 1);
    let findings: Vec<_> =
        package.findings.iter().map(|one| (one.code.id(), one.path.as_deref().unwrap())).collect();
    assert_eq!(
        findings,
        [
            ("MP733", "manifest.py:3"),
            ("MP733", "manifest.py:5"),
            ("MP733", "manifest.py:6"),
            ("MP734", "manifest.py:7"),
        ]
    );
}

#[test]
fn a_package_is_called_after_its_folder() {
    let manifest = "metadata(\n  version='1.2', description='''A\n  thing''', author='Me', license='MIT', pypi='x')\n\
                    add_library('lib', 'lib')\nrequire('umqtt.simple')\nrequire('__future__')\n\
                    require('near', library='lib', feature=True)\nrequire('far', '0.3')\nrequire('far')";
    let package = read_files(&[("manifest.py", manifest), ("lib/x/near/manifest.py", "")]).unwrap();
    assert_eq!((package.name.as_str(), package.version.to_string().as_str()), ("thing", "1.2"));
    assert_eq!(package.metadata.summary.as_deref(), Some("A thing"));
    assert_eq!(package.metadata.author.as_deref(), Some("Me"));
    assert_eq!(package.metadata.license.as_deref(), Some("MIT"));
    let required: Vec<_> = package.requirements.iter().map(ToString::to_string).collect();
    assert_eq!(required, ["umqtt.simple", "__future__", "near", "far==0.3"]);
    let codes: Vec<_> = package.findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::ManifestLibrary]);
}

#[test]
fn a_version_is_needed() {
    for (manifest, found) in [
        (
            "",
            "thing: thing: cannot tell which release this is: found no version, expected a version by PEP 440 (MP001)",
        ),
        (
            "metadata(version='x')",
            "thing: thing: cannot tell which release this is: found version `x`, expected a version by PEP 440 (MP001)",
        ),
    ] {
        let error = read_files(&[("manifest.py", manifest)]).unwrap_err().to_string();
        assert_eq!(error, found.replace("MP001", Code::NoIdentity.id()));
    }
}

#[test]
fn manifests_include_each_other_once() {
    let files = [
        (
            "manifest.py",
            "metadata(version='1')\ninclude(['sub', 'other.py'])\ninclude('sub/manifest.py')",
        ),
        ("sub/manifest.py", "include('../manifest.py')\nmodule('a.py')"),
        ("sub/a.py", ""),
        ("other.py", "module('b.py', 'sub')\nmodule('c.py', 'sub')"),
        ("sub/b.py", ""),
    ];
    let error = read_files(&files).unwrap_err().to_string();
    assert_eq!(
        error,
        "thing: other.py:2: a firmware build would stop here: found `c.py`, which is not a file (MP730)"
    );
    let mut files = files.to_vec();
    files.push(("sub/c.py", ""));
    let package = read_files(&files).unwrap();
    let paths: Vec<_> = package.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a.py", "b.py", "c.py"]);
}

#[test]
fn hostile_manifests_come_to_an_end() {
    let deep: Vec<_> = (0..200)
        .map(|place| (format!("m{place}.py"), format!("include('m{}.py')", place + 1)))
        .collect();
    let mut files = vec![("manifest.py", "include('m0.py')")];
    files.extend(deep.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let error = read_files(&files).unwrap_err().to_string();
    assert!(error.contains("more than 50 manifests that include each other"), "{error}");

    let many = "import a\n".repeat(10_000);
    let Err(Error::Refused { findings, .. }) = read_files(&[("manifest.py", &many)]) else {
        panic!("no error")
    };
    assert_eq!(findings.len(), 52);
}

#[test]
fn paths_stay_in_the_git_repository() {
    let scratch = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = scratch.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let line = "package('shared', base_path='../common')\nmodule('own.py')";
    write("repo/x/thing/manifest.py", &format!("metadata(version='1')\n{line}"));
    write("repo/x/thing/own.py", "");
    write("repo/x/common/shared/a.py", "");
    let manifest = scratch.path().join("repo/x/thing/manifest.py");
    assert!(read(&manifest, &ReadOptions::default()).is_err());

    fs::create_dir(scratch.path().join("repo/.git")).unwrap();
    let package = read(&manifest, &ReadOptions::default()).unwrap();
    let origins: Vec<_> = package.files.iter().map(|file| file.origin.clone()).collect();
    assert_eq!(
        origins,
        [
            Origin::Source { path: "own.py".parse().unwrap() },
            Origin::Fetched { place: "x/common/shared/a.py".to_owned() },
        ]
    );
    assert_eq!(package.name, "thing");

    write("repo/x/thing/manifest.py", "metadata(version='1')\ninclude('../../../manifest.py')");
    write("manifest.py", "");
    assert!(read(&manifest, &ReadOptions::default()).is_err());
}

#[test]
fn a_folder_with_a_manifest_only_is_an_input() {
    let scratch = tempfile::tempdir().unwrap();
    let manifest = scratch.path().join(FILE);
    assert_eq!(manifest_of(scratch.path()), None);
    fs::write(&manifest, "").unwrap();
    assert_eq!(manifest_of(scratch.path()), Some(manifest.clone()));
    fs::write(scratch.path().join("pyproject.toml"), "").unwrap();
    assert_eq!(manifest_of(scratch.path()), None);
    assert_eq!(manifest_of(&manifest), Some(manifest));
}
