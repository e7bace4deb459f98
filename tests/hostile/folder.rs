//! No file of the folder that the program is used in is ever run unasked, whatever its name is.

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, thread};

use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::{PURE, wheel};

/// Modules that programs of Python look for, beside those that Python itself brings.
const MODULES: &[&str] = &[
    "pip",
    "mpremote",
    "build",
    "keyring",
    "sitecustomize",
    "usercustomize",
    "setuptools",
    "distutils",
    "wheel",
    "pyproject_hooks",
    "packaging",
    "serial",
    "click",
    "tomli",
    "virtualenv",
    "uv",
    "flit_core",
];

const PROGRAMS: &[&str] = &[
    "python3",
    "python",
    "pip",
    "pip3",
    "keyring",
    "mpy-cross",
    "mpremote",
    "git",
    "uv",
    "sh",
    "env",
    "bash",
];

/// Calls in the hostile folder: at least one of each command, and each that starts a program.
const CALLS: &[&str] = &[
    "inspect .",
    "convert . --out ../out/convert",
    "dist --out ../out/default",
    "convert . --build --out ../out/build",
    "inspect . --build --python python3",
    "mip . --out ../out/mip",
    "mip . --out ../out/mpy --mpy",
    "mip . --in-place --check",
    "freeze . --out ../out/freeze --offline",
    "migrate foo --out ../out/migrate --offline",
    "migrate pyproject.toml --out ../out/migrate --offline --mpy",
    "lock foo --out ../out/lock --offline",
    "download foo --to ../out/download --offline",
    "install -p ../out/lib foo --offline",
    "install -p ../out/lib dist --no-index --mpy",
    "install -p ../out/lib dist --no-index --device",
    "install -p ../out/lib dist --no-index --device=auto",
    "list -p ../out/lib",
    "uninstall -p ../out/lib bar",
    "index add dist --to ../out/index",
    "index add . --to ../out/index --no-mpy",
    "index list ../out/index",
    "index check ../out/index",
    "index remove bar --from ../out/index",
    "index gc ../out/index",
    "fetch foo --to ../out/fetch --offline",
    "fetch foo --to ../out/fetch --no-index --find-links dist",
    "resources pyproject.toml",
    "explain MP101",
    "config show",
    "config schema",
    "cache dir",
    "cache size",
    "cache prune --all",
    "completions bash",
    "man",
];

/// What pip says of its index, by which a program that is taken for it would name one.
const EVIL: &str = "  -i, --index-url <url>  Base URL (default https://evil.example/simple).";

/// What pip of the user's interpreter says of it.
const PIP: &str = "  -i, --index-url <url>  Base URL (default https://user.example/simple).";

/// A compiler that takes everything, and notes that it ran.
const COMPILER: &str = r#"#!/bin/sh
echo "mpy-cross $*" >> "$RAN"
[ "$1" = --version ] && { echo "MicroPython v1.99; mpy-cross emitting mpy v6.3"; exit; }
printf 'M\006\000\037' > "$4"
"#;

/// A project that came from somewhere, in the folder `project`, and a user who has programs in the
/// folder `tools`.
struct Clone {
    sandbox: Sandbox,
    /// The value of `PATH` that leads into the project, and the one that does not.
    path: OsString,
    tools: OsString,
}

impl Clone {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let root = sandbox.root();
        for name in ["project/foo", "project/dist", "home", "tmp", "ran", "tools"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let real = trusted_path();
        let python = real_python();
        let mut path = OsString::from(format!("bin:.::{}:", root.join("project").display()));
        let mut tools = root.join("tools").into_os_string();
        tools.push(":");
        tools.push(&real);
        path.push(&tools);
        let clone = Self { sandbox, path, tools };
        // The real interpreter, which notes how it is called, and has a pip in any case.
        let log = clone.path("calls").display().to_string();
        let pip = clone.path("tools/pip-site");
        fs::create_dir_all(pip.join("pip")).unwrap();
        fs::write(pip.join("pip/__init__.py"), "").unwrap();
        fs::write(pip.join("pip/__main__.py"), format!("print({PIP:?})\n")).unwrap();
        let called = format!(
            "echo \"python3 $*\" >> '{log}'\nexport PYTHONPATH='{}'\nexec '{}' \"$@\"\n",
            pip.display(),
            python.display()
        );
        clone.sandbox.write_program("tools/python3", &format!("#!/bin/sh\n{called}"));
        clone.sandbox.write_program("tools/mpy-cross", &COMPILER.replace("$RAN", &log));
        clone.write_project();
        clone.write_traps(&python);
        clone
    }

    fn path(&self, path: &str) -> PathBuf {
        self.sandbox.path(path)
    }

    fn write_project(&self) {
        let pyproject = "[build-system]\nrequires = ['flit_core']\n\
                         build-backend = 'flit_core.buildapi'\n\
                         [project]\nname = 'foo'\nversion = '1.0'\ndescription = 'd'\n";
        fs::write(self.path("project/pyproject.toml"), pyproject).unwrap();
        fs::write(self.path("project/foo/__init__.py"), "import machine\n").unwrap();
        let data = wheel("bar", "1.0", PURE, "", &[("bar.py", b"import machine\n")]);
        fs::write(self.path(&format!("project/dist/bar-1.0-{PURE}.whl")), data).unwrap();
    }

    /// Files that leave a trace when they are run.
    fn write_traps(&self, python: &Path) {
        let list = ["-I", "-c", "import sys; print(*sys.stdlib_module_names)"];
        let names = Command::new(python).args(list).current_dir("/").output().unwrap();
        let names = String::from_utf8(names.stdout).unwrap();
        let module = |name: &str| {
            let trace = self.path("ran").join(name);
            format!("open({:?}, 'w').close()\nprint({EVIL:?})\n", trace.to_str().unwrap())
        };
        for name in names.split_whitespace().chain(MODULES.iter().copied()) {
            fs::write(self.path(&format!("project/{name}.py")), module(name)).unwrap();
        }
        fs::create_dir(self.path("project/mpy_cross")).unwrap();
        fs::write(self.path("project/mpy_cross/__init__.py"), module("mpy_cross")).unwrap();
        fs::write(self.path("project/x.pth"), module("pth").replace('\n', ";")).unwrap();
        fs::write(self.path("project/pyvenv.cfg"), "home = .\n").unwrap();
        for name in PROGRAMS {
            for folder in ["", "bin/", ".venv/bin/", "mpy_cross/"] {
                let trace = self.path("ran").join(name);
                let script = format!("#!/bin/sh\n: > '{}'\necho '{EVIL}'\n", trace.display());
                let path = self.path(&format!("project/{folder}{name}"));
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, script).unwrap();
                fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
    }

    /// A run in the hostile folder by a user whose environment leads there as far as it can.
    fn command(&self, call: &str) -> Command {
        let mut command = self.sandbox.command(call);
        command
            .current_dir(self.path("project"))
            .env("PATH", &self.path)
            .env_remove("PIP_INDEX_URL");
        command.env("TMPDIR", self.path("tmp"));
        command.env("PYTHONPATH", ":.:").env("PYTHONHOME", self.path("project"));
        command.env("PYTHONSTARTUP", "sitecustomize.py").env("PYTHONUSERBASE", ".");
        command.stdin(Stdio::null());
        if call.contains("--build") {
            // What the project's build needs is not fetched: it fails, after it was started.
            command.env("PIP_NO_INDEX", "1");
        }
        command
    }

    /// What a run prints and says, which must not have run anything of the folder.
    fn run(&self, call: &str) -> Output {
        let output = self.command(call).output().unwrap();
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!report.contains("Usage:"), "{call}: {report}");
        assert_eq!(names(&self.path("ran")), <[String; 0]>::default(), "mpconvert {call}");
        assert_eq!(names(&self.path("tmp")), <[String; 0]>::default(), "mpconvert {call}");
        output
    }

    fn calls(&self) -> String {
        fs::read_to_string(self.path("calls")).unwrap_or_default()
    }
}

/// The interpreter that the tests' own `PATH` leads to, perhaps by a script.
fn real_python() -> PathBuf {
    let ask = ["-I", "-c", "import sys; print(sys.executable)"];
    let output = Command::new("python3").args(ask).current_dir("/").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().into()
}

/// The folders of the tests' own `PATH`.
fn trusted_path() -> OsString {
    let path = env::var_os("PATH").unwrap();
    env::join_paths(env::split_paths(&path).filter(|folder| folder.is_absolute())).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

/// The commands that the help page of `command` lists, with theirs.
fn commands(command: &str) -> Vec<String> {
    let arguments = command.split_whitespace().chain(["--help"]);
    let output = Command::new(env!("CARGO_BIN_EXE_mpconvert")).args(arguments).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return vec![command.trim().to_owned()];
    };
    let list = list.split("\n\n").next().unwrap();
    // Lines that go on with a description are indented further.
    let name = |line: &str| {
        line.strip_prefix("  ")
            .filter(|line| !line.starts_with(' '))?
            .split(' ')
            .next()
            .map(str::to_owned)
    };
    let names = list.lines().filter_map(name).filter(|name| name != "help");
    names.flat_map(|name| commands(&format!("{command} {name}"))).collect()
}

#[test]
fn code_of_the_current_folder_was_run() {
    let clone = Clone::new();
    for call in CALLS {
        // What is remembered is asked for again.
        let _ = fs::remove_dir_all(clone.path("cache"));
        clone.run(call);
    }
    let calls = clone.calls();
    for called in ["-m pip ", "-c ", "-m mpremote ", "-m build "] {
        assert!(calls.contains(&format!("python3 {called}")), "{called}: {calls}");
    }
    assert!(clone.path("out/convert").is_dir() && clone.path("out/index").is_dir());
}

#[test]
fn every_command_is_tried_in_a_hostile_folder() {
    let all = commands("");
    assert!(all.contains(&"index add".to_owned()), "{all:?}");
    for command in all {
        let is_tried =
            CALLS.iter().any(|call| format!("{call} ").starts_with(&format!("{command} ")));
        assert!(is_tried, "add a call of `{command}` to CALLS");
    }
}

#[test]
fn pip_of_the_current_folder_named_the_default_index_for_later_runs() {
    let clone = Clone::new();
    clone.run("config show");
    let mut later = clone.command("config show");
    let output = later.current_dir(clone.path("home")).env("PATH", &clone.tools).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("https://user.example/simple") && shown.contains("pip's default"));
    assert!(!shown.contains("evil"), "{shown}");
}

#[test]
fn a_configuration_of_pip_beside_an_interpreter_of_the_current_folder_was_read() {
    let clone = Clone::new();
    for path in ["project/pip.conf", "pip.conf"] {
        fs::write(clone.path(path), "[global]\nindex-url = https://evil.example\n").unwrap();
    }
    let mut command = clone.command("config show");
    // The clone's `python3` comes before the user's, in `bin` and in the folder itself.
    let output = command.env_remove("PIP_CONFIG_FILE").output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("index-url"), "{shown}");
    let from_clone = clone.path("project").join("pip.conf").display().to_string();
    assert!(!shown.contains(&from_clone) && !shown.contains("  pip.conf"), "{shown}");
}

#[test]
fn programs_that_the_user_names_may_lie_anywhere() {
    let clone = Clone::new();
    let mpy = "mip dist --out ../out/mpy --mpy --mpy-cross ../tools/mpy-cross";
    let output = clone.run(mpy);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(clone.path("out/mpy/bar.mpy").is_file());
    clone.run("inspect . --build --python ../tools/python3");
    assert!(clone.calls().contains("python3 -m build "), "{}", clone.calls());
}

#[test]
fn a_compiler_that_is_installed_for_the_user_is_found() {
    let clone = Clone::new();
    let mut ask = Command::new(real_python());
    ask.args(["-m", "site", "--user-site"]).current_dir(clone.path("home"));
    let answer = ask.env_clear().env("HOME", clone.path("home")).output().unwrap();
    if !answer.status.success() {
        // The interpreter is one of a virtual environment, which has no such packages.
        return;
    }
    let site = PathBuf::from(String::from_utf8(answer.stdout).unwrap().trim());
    assert!(site.starts_with(clone.path("home")), "{}", site.display());
    let package = site.strip_prefix(clone.sandbox.root()).unwrap().join("mpy_cross");
    let log = clone.path("calls-of-user").display().to_string();
    let program = package.join("mpy-cross").display().to_string();
    clone.sandbox.write_program(&program, &COMPILER.replace("$RAN", &log));
    fs::write(clone.path(&package.join("__init__.py").display().to_string()), "").unwrap();
    let output = clone.run("mip dist --out ../out/mpy --mpy");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(Path::new(&log).is_file());
}

/// An index that wants the password which `keyring` knows. It lives as long as the test does.
fn index() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = |mut stream: TcpStream| {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = stream.read(&mut buffer).unwrap();
            request.extend(&buffer[..count]);
        }
        let request = String::from_utf8(request).unwrap().to_lowercase();
        // `me:secret`.
        let status =
            if request.contains("bwu6c2vjcmv0") { "404 Not Found" } else { "401 Unauthorized" };
        let head = "WWW-Authenticate: Basic\r\nContent-Length: 0\r\nConnection: close";
        let _ = write!(stream, "HTTP/1.1 {status}\r\n{head}\r\n\r\n");
    };
    thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap())));
    format!("http://me@{address}/simple")
}

#[test]
fn the_keyring_of_the_current_folder_was_told_of_a_login() {
    let clone = Clone::new();
    let log = clone.path("calls").display().to_string();
    let script = format!("#!/bin/sh\necho \"keyring $* $PWD\" >> '{log}'\necho secret\n");
    clone.sandbox.write_program("tools/keyring", &script);
    let output = clone.run(&format!("fetch foo --to ../out/fetch --index-url {}", index()));
    let report = String::from_utf8(output.stderr).unwrap();
    // It knows no such project, but has let us in.
    assert!(report.contains("MP757"), "{report}");
    let calls = clone.calls();
    assert!(calls.contains("keyring get http://") && !calls.contains("project"), "{calls}");
}
