//! The folder of a project as an input: what a working tree can hold, and what counts of it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use mpconvert::settings::ProjectSettings;
use mpconvert::{Code, Error, Input, Limits, Origin, Package, ReadOptions};

/// The folder of a project in a folder of its own.
struct Project(tempfile::TempDir);

/// Takes all that lies in the package `demo`.
const FLIT: &str = "[build-system]\nbuild-backend = 'flit_core.buildapi'\n\
                    [project]\nname = 'demo'\nversion = '1.0'\n";
/// Takes its modules only, and what is named.
const SETUPTOOLS: &str = "[project]\nname = 'demo'\nversion = '1.0'\n\
                          [tool.setuptools.packages.find]\nwhere = ['.']\ninclude = ['demo*']\n";
const POETRY: &str = "[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n\
                      [tool.poetry]\nname = 'demo'\nversion = '1.0'\n";

impl Project {
    fn new(pyproject: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.write("pyproject.toml", pyproject);
        project.write("demo/__init__.py", "");
        project
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("work")
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn link(&self, path: &str, target: impl AsRef<Path>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    fn read(&self) -> Package {
        mpconvert::read(self.root()).unwrap()
    }

    /// The paths that are installed, where nothing is refused.
    fn installed(&self) -> Vec<String> {
        let package = self.read();
        assert!(!package.is_refused(), "{:?}", package.findings);
        package.files.iter().map(|file| file.path.to_string()).collect()
    }

    /// The codes and paths of what is refused.
    fn refused(&self, limits: Limits) -> Vec<(Code, String)> {
        let options = ReadOptions { limits, ..Default::default() };
        let findings = match mpconvert::read::read_with(self.root(), &options) {
            Ok(package) => package.findings,
            Err(Error::Refused { findings, .. }) => findings,
            Err(error) => panic!("{error}"),
        };
        let refusals = findings.into_iter().filter(mpconvert::Finding::is_error);
        refusals.map(|finding| (finding.code, finding.path.unwrap_or_default())).collect()
    }

    fn refused_at(&self, code: Code, path: &str) {
        assert_eq!(self.refused(Limits::default()), [(code, path.to_owned())]);
    }
}

#[test]
fn files_say_where_they_came_from() {
    let project = Project::new(FLIT);
    fs::rename(project.root().join("demo"), project.root().join("src")).unwrap();
    project.write("src/demo/__init__.py", "code");
    let package = project.read();
    assert_eq!(package.files[0].data, "code");
    let origin = Origin::Source { path: "src/demo/__init__.py".parse().unwrap() };
    assert_eq!(package.files[0].origin, origin);
}

#[test]
fn links_inside_of_the_project_are_followed() {
    let project = Project::new(SETUPTOOLS);
    project.write("shared/more/__init__.py", "");
    project.write("one.py", "");
    project.link("demo/shared", "../shared");
    project.link("demo/two.py", "../one.py");
    project.link("demo/three.py", project.root().join("demo/two.py"));
    assert_eq!(
        project.installed(),
        ["demo/__init__.py", "demo/shared/more/__init__.py", "demo/three.py", "demo/two.py"]
    );
}

#[test]
fn linked_folders_in_packages_are_not_entered_where_the_tool_does_not() {
    let project = Project::new(FLIT);
    project.write("shared/a.py", "");
    project.link("demo/shared", "../shared");
    assert_eq!(project.installed(), ["demo/__init__.py"]);
}

#[test]
fn links_that_leave_matter_where_they_are_wanted() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    for target in [outside.path().join("secret"), outside.path().to_owned(), "/nowhere".into()] {
        let project = Project::new(SETUPTOOLS);
        project.link("demo/data", &target);
        project.link("docs/data", &target);
        assert_eq!(project.installed(), ["demo/__init__.py"]);
        fs::write(project.root().join("pyproject.toml"), FLIT).unwrap();
        project.refused_at(Code::UnsafeLink, "demo/data");
    }
}

#[test]
fn a_package_that_is_a_link_to_elsewhere_is_reported() {
    let project = Project::new(SETUPTOOLS);
    fs::remove_dir_all(project.root().join("demo")).unwrap();
    project.link("demo", "/nowhere/demo");
    let refused = project.refused(Limits::default());
    assert_eq!(refused[1], (Code::UnsafeLink, "demo".to_owned()));
}

#[test]
fn circles_of_links_end() {
    let project = Project::new(SETUPTOOLS);
    project.link("demo/self", ".");
    project.link("demo/top", "..");
    project.write("demo/a/__init__.py", "");
    project.write("demo/b/__init__.py", "");
    project.link("demo/a/b", "../b");
    project.link("demo/b/a", "../a");
    project.link("demo/never.txt", "never.txt");
    let installed = project.installed();
    assert_eq!(installed.len(), 5, "{installed:?}");
}

#[test]
fn links_cannot_multiply_without_end() {
    let project = Project::new(SETUPTOOLS);
    project.write("demo/d0/__init__.py", "");
    for depth in 1..40 {
        for twin in ["a", "b"] {
            project.link(&format!("demo/d{depth}/{twin}"), format!("../d{}", depth - 1));
        }
    }
    let limits = Limits { max_members: 1000, ..Limits::default() };
    assert_eq!(project.refused(limits), [(Code::TooManyMembers, String::new())]);
}

#[test]
fn what_no_project_ships_is_not_walked() {
    let project = Project::new(FLIT);
    for number in 0..200 {
        for folder in [".venv/lib", ".git/objects", "node_modules/x", ".tox/py", "demo/.mypy_cache"]
        {
            project.write(&format!("{folder}/{number}.py"), "");
        }
        project.write(&format!("my_env/lib/{number}.py"), "");
    }
    project.write("my_env/pyvenv.cfg", "");
    let limits = Limits { max_members: 100, ..Limits::default() };
    assert_eq!(project.refused(limits), []);
    assert_eq!(project.installed(), ["demo/__init__.py"]);
    fs::remove_file(project.root().join("my_env/pyvenv.cfg")).unwrap();
    assert_eq!(project.refused(limits), [(Code::TooManyMembers, String::new())]);
}

#[test]
fn only_what_is_wanted_is_read() {
    let project = Project::new(FLIT);
    let limits = Limits { max_size: 1000, ..Limits::default() };
    project.write("data/set.bin", vec![0; 5000]);
    project.write("demo/half.bin", vec![0; 600]);
    assert_eq!(project.refused(limits), []);
    project.write("demo/other.bin", vec![0; 600]);
    assert_eq!(project.refused(limits), [(Code::TooLarge, "demo/other.bin".to_owned())]);
}

#[test]
fn special_files_are_passed_over() {
    let project = Project::new(FLIT);
    let _socket = UnixListener::bind(project.root().join("demo/socket")).unwrap();
    project.link("demo/linked", "socket");
    assert_eq!(project.installed(), ["demo/__init__.py"]);
}

#[test]
fn names_that_no_member_may_have_matter_where_they_are_wanted() {
    for (name, stand_in) in [(&b"a\\b.py"[..], "demo/a\\b.py"), (b"\xff.py", "demo/\u{fffd}.py")] {
        let project = Project::new(SETUPTOOLS);
        let name = OsStr::from_bytes(name);
        fs::create_dir(project.root().join("docs")).unwrap();
        fs::write(project.root().join("docs").join(name), "").unwrap();
        assert_eq!(project.installed(), ["demo/__init__.py"]);
        fs::write(project.root().join("demo").join(name), "").unwrap();
        project.refused_at(Code::UnsafePath, stand_in);
    }
}

#[test]
fn products_of_earlier_builds_change_nothing() {
    let project = Project::new(
        "[project]\nname = 'demo'\nversion = '1.0'\n[tool.setuptools.packages.find]\nwhere = ['.']\n",
    );
    project.write("demo/data.txt", "");
    project.write("build/lib/demo/__init__.py", "stale");
    project.write("build/lib/demo/gone.py", "");
    project.write("build/bdist.linux-x86_64/x/y.py", "");
    project.write("dist/demo-0.9.tar.gz", "");
    project.write("dist-micropython/demo-0.9.tar.gz", "");
    project.write("PKG-INFO", "Metadata-Version: 2.1\nName: other\nVersion: 0.9\n");
    project.write("demo.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: other\nVersion: 0.9\n");
    project.write("demo.egg-info/SOURCES.txt", "demo/__init__.py\ndemo/data.txt\n");
    project.write("demo.egg-info/top_level.txt", "other\n");
    project.write("demo.egg-info/requires.txt", "stale\n");
    let package = project.read();
    assert_eq!((package.name.as_str(), package.version.to_string()), ("demo", "1.0".to_owned()));
    assert!(package.requirements.is_empty());
    assert_eq!(project.installed(), ["demo/__init__.py"]);
}

#[test]
fn packages_may_be_called_as_products_are() {
    let project = Project::new(SETUPTOOLS.replace("'demo*'", "'build', 'dist'").as_str());
    project.write("build/__init__.py", "");
    project.write("build/lib/x.py", "");
    project.write("dist/__init__.py", "");
    project.write("dist/demo.zip", "");
    assert_eq!(project.installed(), ["build/__init__.py", "dist/__init__.py"]);
}

#[test]
fn what_git_ignores_is_not_in_a_poetry_project() {
    let project = Project::new(POETRY);
    project.write(".gitignore", "*.log\n!demo/kept.log\n/demo/out/\n");
    project.write("demo/out/.gitignore", "!*\n");
    for path in ["demo/a.log", "demo/kept.log", "demo/out/b.py", "demo/sub/c.log", "demo/sub/d.py"]
    {
        project.write(path, "");
    }
    project.write("demo/sub/.gitignore", "d.py\n!c.log\n");
    let all = project.installed();
    assert_eq!(all.len(), 8, "no repository: {all:?}");
    fs::create_dir(project.root().join(".git")).unwrap();
    let kept = ["demo/__init__.py", "demo/kept.log", "demo/sub/.gitignore", "demo/sub/c.log"];
    assert_eq!(project.installed(), kept);
}

#[test]
fn an_unreadable_git_index_is_reported_if_needed() {
    let project = Project::new(POETRY);
    project.write(".git/index", "DIRC but no index");
    let doubts = || {
        let findings = project.read().findings;
        findings.iter().filter(|finding| finding.code == Code::LayoutUncertain).count()
    };
    assert_eq!(doubts(), 0);
    project.write(".gitignore", "*.log\n");
    project.write("demo/a.log", "");
    assert_eq!(doubts(), 1);
}

#[test]
fn a_folder_says_nothing_of_a_version() {
    let project = Project::new("[project]\nname = 'demo'\ndynamic = ['version']\n");
    let named = project.0.path().join("demo-2.0.tar.gz");
    fs::rename(project.root(), &named).unwrap();
    let error = mpconvert::read(&named).unwrap_err();
    assert!(matches!(&error, Error::Refused { input, .. } if input == "demo-2.0.tar.gz"));
    assert!(error.to_string().contains("MP201"), "{error}");
}

#[test]
fn projects_stand_beside_archives() {
    let project = Project::new(FLIT);
    let archive = project.write("dist/demo-1.0.tar.gz", "");
    let inputs = [project.root(), project.root().join("dist")];
    let (found, failed) = mpconvert::ops::inputs::releases(&inputs);
    assert!(failed.is_empty());
    assert_eq!(found, [Input::Project(project.root()), Input::Archives(vec![archive])]);
    let (jobs, _) = mpconvert::ops::inputs::jobs(&inputs, None, &Arc::default()).unwrap();
    assert!(jobs.iter().all(|job| job.out == project.root().join("dist-micropython")));
}

#[test]
fn results_do_not_go_among_the_sources() {
    let project = Project::new(FLIT);
    project.write("demo/sub/data.txt", "");
    let jobs = |out: &str| {
        let out = project.root().join(out);
        mpconvert::ops::inputs::jobs(&[project.root()], Some(&out), &Arc::default())
    };
    for out in ["", ".", "dist", "./new/../dist", "demo", "demo/sub/new", "docs/../demo/new"] {
        assert!(matches!(jobs(out), Err(Error::Usage { .. })), "{out}");
    }
    for out in ["out", "docs/new", "dist/micropython", "../elsewhere"] {
        assert!(jobs(out).is_ok(), "{out}");
    }
}

#[test]
fn old_projects_are_known_by_their_scripts_and_not_by_stale_records() {
    let project = Project::new("");
    let script = "from setuptools import setup\nsetup(name='demo', version='2', packages=['demo'],\n\
                  author='A', install_requires=['aioble'])\n";
    project.write("setup.py", script);
    project.write("PKG-INFO", "Metadata-Version: 2.1\nName: demo\nVersion: 1\n");
    project.write("demo.egg-info/requires.txt", "stale\n");
    let package = project.read();
    assert_eq!(package.version.to_string(), "2");
    assert_eq!(package.metadata.author.as_deref(), Some("A"));
    assert_eq!(package.requirements.len(), 1);
    assert_eq!(package.requirements[0].name, "aioble");
}

#[test]
fn a_description_out_of_reach_is_no_reason_to_refuse() {
    let project =
        Project::new(&format!("{FLIT}readme = '../README.md'\nlicense = {{ file = 'L' }}\n"));
    let outside = project.0.path().join("LICENSE");
    fs::write(&outside, "secret").unwrap();
    project.link("L", &outside);
    let package = project.read();
    assert!(!package.is_refused(), "{:?}", package.findings);
    assert_eq!((package.metadata.description, package.metadata.license), (None, None));
    let codes = package.findings.iter().map(|finding| finding.code);
    assert_eq!(codes.filter(|code| *code == Code::InvalidMetadata).count(), 2);
}

#[test]
fn a_version_that_a_plug_in_of_poetry_replaces_is_not_taken_from_a_folder() {
    let plug_in = "[tool.poetry-dynamic-versioning]\nenable = true\n";
    let project = Project::new(&format!("{POETRY}{plug_in}"));
    project.refused_at(Code::NoIdentity, "work");
}

#[test]
fn settings_are_read_from_files_only() {
    let project = Project::new(FLIT);
    let above = project.0.path().join("pyproject.toml");
    fs::create_dir(&above).unwrap();
    assert!(ProjectSettings::find(&project.root()).unwrap().is_none());
    fs::remove_dir(&above).unwrap();
    pipe(&above);
    assert!(ProjectSettings::find(&project.root()).unwrap().is_none());
}

#[test]
fn no_link_leads_the_results_out_of_the_project() {
    let project = Project::new(&format!("{FLIT}[tool.mpconvert]\nout = 'a/b'\n"));
    let settings = || ProjectSettings::find(&project.root());
    assert!(settings().is_ok());
    project.link("a", "demo");
    assert!(settings().is_ok());
    fs::remove_file(project.root().join("a")).unwrap();
    project.link("a", "..");
    assert!(matches!(settings(), Err(Error::Usage { .. })));
}

#[test]
fn a_result_is_compared_with_files_only() {
    let project = Project::new(FLIT);
    let out = project.0.path().join("out");
    fs::create_dir(&out).unwrap();
    pipe(&out.join("demo-1.0.tar.gz"));
    let inputs = [project.root()];
    let (jobs, _) = mpconvert::ops::inputs::jobs(&inputs, Some(&out), &Arc::default()).unwrap();
    let results = mpconvert::ops::convert(&jobs, &|| ());
    assert!(matches!(results[..], [Err(Error::Io { .. })]), "{results:?}");
}

/// Makes a named pipe, of which whoever opens it waits for the other end.
fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn projects_without_files_are_read_where_their_tool_builds_them() {
    let read = |system: &str, tables: &str| {
        let project = Project(tempfile::tempdir().unwrap());
        let metadata = "[project]\nname = 'meta'\nversion = '1.0'\ndependencies = ['core']\n";
        project.write("pyproject.toml", format!("{system}{metadata}{tables}"));
        project.write("README.md", "");
        project.refused(Limits::default())
    };
    let tool = |backend: &str| format!("[build-system]\nbuild-backend = '{backend}'\n");
    for (backend, tables) in [
        ("setuptools.build_meta", ""),
        ("setuptools.build_meta", "[tool.setuptools]\npackages = []\n"),
        ("hatchling.build", "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n"),
        ("pdm.backend", ""),
        ("uv_build", "[tool.uv.build-backend]\nmodule-name = []\n"),
    ] {
        assert_eq!(read(&tool(backend), tables), [], "{backend} {tables}");
    }
    for (backend, tables) in [
        ("setuptools.build_meta", "[tool.setuptools]\npackages = ['gone']\n"),
        ("setuptools.build_meta", "[tool.setuptools.cmdclass]\nbuild_py = 'own.Build'\n"),
        ("hatchling.build", ""),
        ("hatchling.build", "[tool.hatch.build.targets.wheel]\npackages = ['gone']\n"),
        ("pdm.backend", "[tool.pdm.build]\nincludes = ['gone']\n"),
        ("uv_build", ""),
        ("flit_core.buildapi", ""),
        ("poetry.core.masonry.api", "[tool.poetry]\npackages = []\n"),
        ("own", ""),
    ] {
        let codes: Vec<_> =
            read(&tool(backend), tables).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, [Code::NoLayout], "{backend} {tables}");
    }
}

#[test]
fn a_setup_py_without_packages_is_read_for_its_dependencies() {
    let read = |arguments: &str| {
        let project = Project(tempfile::tempdir().unwrap());
        let script =
            format!("setup(name='meta', version='1', install_requires=['core'], {arguments})");
        project.write("setup.py", script);
        project.write("tests/test_x.py", "");
        project.refused(Limits::default()).len()
    };
    assert_eq!(read(""), 0);
    assert_eq!(read("packages=find_packages(exclude=['tests'])"), 0);
    assert_eq!(read("packages=walk()"), 1);
    let forgotten = Project(tempfile::tempdir().unwrap());
    let script = "setup(name='a', version='1', install_requires=['b'], packages=find_packages())";
    forgotten.write("setup.py", script);
    forgotten.write("src/a.py", "");
    let refused: Vec<Code> =
        forgotten.refused(Limits::default()).into_iter().map(|(code, _)| code).collect();
    assert_eq!(refused, [Code::NoLayout]);
    assert_eq!(read("**more()"), 1);
    assert_eq!(read("py_modules=['gone']"), 1);
}
