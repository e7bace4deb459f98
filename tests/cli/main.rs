//! What people see: help pages, tables, messages and exit statuses.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fixtures/mod.rs"]
mod fixtures;
mod printing;
mod settings;
mod settings_scope;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use fixtures::sandbox::{Sandbox, is_sandbox};
use fixtures::{File, PURE, tar_gz, upip_sdist, wheel};
use insta::assert_snapshot;

/// A folder with archives, and the program run in it.
struct Shell(Sandbox);

is_sandbox!(Shell);

impl Shell {
    fn new(archives: &[(&str, Vec<u8>)]) -> Self {
        let sandbox = Sandbox::new();
        for (path, data) in archives {
            sandbox.write(path, data);
        }
        Self(sandbox)
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = self.0.command(arguments);
        command.env("COLUMNS", "100").env("PIP_INDEX_URL", "https://host/simple");
        command
    }

    fn output(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Everything that the run shows, with its exit status.
    fn run(&self, arguments: &str) -> String {
        let output = self.output(arguments);
        let status = output.status.code().unwrap();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        format!("$ mpconvert {arguments}\n{out}--- stderr\n{err}--- status {status}\n")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const CODE: &[u8] = b"import machine\n";

/// A release as Poetry makes it: a wheel and a sdist that belong together.
fn release() -> Vec<(&'static str, Vec<u8>)> {
    let more = "Summary: Blinks an LED\n\
                Requires-Dist: micropython-logging (>=0.5,<0.6)\n\
                Requires-Dist: pywin32 ; sys_platform == 'win32'\n";
    let metadata = fixtures::metadata("foo-bar", "0.1.0", more);
    let files: &[(&str, &[u8])] = &[
        ("foo_bar/__init__.py", CODE),
        ("foo_bar/data/page.html", b"<h1>Hi</h1>"),
        ("tests/__init__.py", b""),
    ];
    let sdist = tar_gz(&[
        File("foo_bar-0.1.0/PKG-INFO", metadata.as_bytes()),
        File(
            "foo_bar-0.1.0/pyproject.toml",
            b"[build-system]\nbuild-backend = \"poetry.core.masonry.api\"\n",
        ),
        File("foo_bar-0.1.0/foo_bar/__init__.py", CODE),
    ]);
    vec![
        ("dist/foo_bar-0.1.0-py3-none-any.whl", wheel("foo_bar", "0.1.0", PURE, more, files)),
        ("dist/foo_bar-0.1.0.tar.gz", sdist),
    ]
}

fn mixed() -> Vec<(&'static str, Vec<u8>)> {
    let mut archives = release();
    archives.push((
        "dist/native-1.0-py3-none-any.whl",
        wheel("native", "1.0", PURE, "", &[("native/__init__.py", CODE), ("native/_c.so", b"")]),
    ));
    archives.push(("dist/evil-1.0.tar.gz", tar_gz(&[File("../evil.py", CODE)])));
    archives
}

#[test]
fn a_resource_module_is_printed_in_the_order_of_the_call() {
    let shell = Shell::new(&[("data/b", b"it's".to_vec()), ("data/a", b"\0\n".to_vec())]);
    let output = shell.output("--quiet resources data/b data/a");
    assert_eq!(text(&output.stdout), "R = {\n'data/b': b\"it's\",\n'data/a': b'\\x00\\n',\n}\n");
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]));
}

#[test]
fn help_pages() {
    let shell = Shell::new(&[]);
    for (name, arguments) in [
        ("help", "--help"),
        ("help_convert", "convert --help"),
        ("help_freeze", "freeze --help"),
        ("help_migrate", "migrate --help"),
        ("help_lock", "lock --help"),
        ("help_download", "download --help"),
        ("help_inspect", "inspect --help"),
        ("help_install", "install --help"),
        ("help_list", "list --help"),
        ("help_uninstall", "uninstall --help"),
        ("help_resources", "resources --help"),
        ("help_explain", "explain --help"),
        ("help_config", "config --help"),
        ("help_config_show", "config show --help"),
        ("help_fetch", "fetch --help"),
        ("help_cache", "cache --help"),
        ("help_cache_prune", "cache prune --help"),
        ("help_completions", "completions --help"),
        ("help_index", "index --help"),
        ("help_index_add", "index add --help"),
        ("help_index_remove", "index remove --help"),
        ("help_index_check", "index check --help"),
        ("help_index_list", "index list --help"),
        ("help_index_gc", "index gc --help"),
    ] {
        assert_snapshot!(name, shell.run(arguments));
    }
}

#[test]
fn extras_without_dependencies_are_known() {
    let more = "Provides-Extra: Em_pty\nRequires-Dist: bar; extra == 'net' and os_name == 'x'\n";
    let files: &[(&str, &[u8])] = &[("foo.py", CODE)];
    let old = metadata_1_0("old");
    let sdist = tar_gz(&[
        File("old-1.0/PKG-INFO", old.as_bytes()),
        File("old-1.0/old.egg-info/PKG-INFO", old.as_bytes()),
        File("old-1.0/old.egg-info/requires.txt", b"bar\n\n[em_pty]\n\n[net:os_name == 'x']\n"),
        File("old-1.0/old.py", CODE),
    ]);
    let project =
        b"[build-system]\nbuild-backend = 'flit_core.buildapi'\n[project]\nname = 'own'\n\
        version = '1'\ndescription = 'x'\n[project.optional-dependencies]\nem_pty = []\nnet = []\n";
    let poetry = b"[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n[tool.poetry]\n\
        name = 'poet'\nversion = '1'\ndescription = 'x'\n[tool.poetry.dependencies]\n\
        [tool.poetry.extras]\nem_pty = []\nnet = []\n";
    let setup =
        b"from setuptools import setup\nsetup(name='set', version='1', py_modules=['set'],\n\
        extras_require={'em_pty': [], 'net:os_name == \"x\"': ['a']})\n";
    let shell = Shell::new(&[
        ("dist/foo-1.0-py3-none-any.whl", wheel("foo", "1.0", PURE, more, files)),
        ("dist/old-1.0.tar.gz", sdist),
        ("own/pyproject.toml", project.to_vec()),
        ("own/own.py", CODE.to_vec()),
        ("poet/pyproject.toml", poetry.to_vec()),
        ("poet/poet.py", CODE.to_vec()),
        ("set/setup.py", setup.to_vec()),
        ("set/set.py", CODE.to_vec()),
    ]);
    for input in ["dist/foo-1.0-py3-none-any.whl", "dist/old-1.0.tar.gz", "own", "poet", "set"] {
        for command in ["inspect", "convert -n", "mip -n", "lock --no-index"] {
            if command.starts_with("lock") && !matches!(input, "own" | "poet") {
                continue;
            }
            let input =
                if command.starts_with("lock") { format!("./{input}") } else { input.into() };
            let report = shell.run(&format!("{command} {input} --extra em.pty --extra net"));
            assert!(!report.contains("MP307"), "{report}");
            let report = shell.run(&format!("{command} {input} --extra no"));
            assert!(report.contains("MP307") && report.contains("one of em-pty, net"), "{report}");
        }
    }
}

#[test]
fn a_lock_tells_what_it_does_not_pin() {
    let more = "Requires-Dist: micropython-logging\n";
    let files: &[(&str, &[u8])] = &[("foo.py", CODE)];
    let index = r#"{"v": 2, "packages": [{"name": "logging", "version": "0.6.2"}]}"#;
    let shell = Shell::new(&[
        ("dist/foo-1.0-py3-none-any.whl", wheel("foo", "1.0", PURE, more, files)),
        ("site/index.json", index.as_bytes().to_vec()),
    ]);
    let lock = "lock foo --no-index --find-links dist";
    let warning = "warning[MP776]: requirements: not locked: found the newest version of logging";
    assert!(shell.run(lock).contains(warning), "{}", shell.run(lock));
    let locked = shell.run("migrate --locked --no-index --find-links dist --out out");
    assert!(locked.contains("status 0") && !locked.contains("MP776"), "{locked}");
    for pinned in [" --index site", " --to upip"] {
        let report = shell.run(&format!("{lock}{pinned}"));
        assert!(!report.contains("MP776"), "{report}");
    }
}

fn metadata_1_0(name: &str) -> String {
    format!("Metadata-Version: 1.0\nName: {name}\nVersion: 1.0\n")
}

#[test]
fn a_release_is_converted() {
    let shell = Shell::new(&release());
    assert_snapshot!("convert", shell.run("dist/"));
    assert_snapshot!("convert_again_verbose", shell.run("convert -v dist/"));
    assert!(shell.path("dist-micropython/foo_bar-0.1.0.tar.gz").is_file());
}

#[test]
fn one_bad_archive_does_not_stop_the_others() {
    let shell = Shell::new(&mixed());
    assert_snapshot!("convert_mixed", shell.run("dist"));
    let written: Vec<_> = fs::read_dir(shell.path("dist-micropython")).unwrap().collect();
    assert_eq!(written.len(), 1);
}

#[test]
fn a_wheel_is_converted_although_its_sdist_is_damaged() {
    let mut archives = release();
    archives[1].1.truncate(100);
    let shell = Shell::new(&archives);
    assert_snapshot!("convert_half", shell.run("dist"));
}

#[test]
fn quiet_runs_say_errors_only() {
    let shell = Shell::new(&mixed());
    assert_snapshot!("convert_quiet", shell.run("-q dist"));
    assert_eq!(shell.run("-qq dist"), "$ mpconvert -qq dist\n--- stderr\n--- status 1\n");
}

#[test]
fn results_for_programs() {
    let shell = Shell::new(&mixed());
    assert_snapshot!("convert_json", shell.run("dist --output-format json"));
    assert_snapshot!("inspect_json", shell.run("--output-format json inspect dist"));
}

#[test]
fn releases_are_inspected() {
    let shell = Shell::new(&mixed());
    assert_snapshot!("inspect", shell.run("inspect dist"));
    assert_snapshot!("inspect_all", shell.run("inspect -v --all dist/foo_bar-0.1.0.tar.gz"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let shell = Shell::new(&release());
    assert_snapshot!("convert_dry_run", shell.run("--dry-run dist"));
    assert!(!shell.path("dist-micropython").exists());
}

#[test]
fn existing_results_are_overwritten_by_force_only() {
    let shell = Shell::new(&release());
    let result = shell.path("out/foo_bar-0.1.0.tar.gz");
    fs::create_dir(shell.path("out")).unwrap();
    fs::write(&result, "mine").unwrap();
    assert_snapshot!("convert_differs", shell.run("dist --out out"));
    assert_eq!(fs::read(&result).unwrap(), b"mine");
    assert_eq!(shell.output("dist --out out --force").status.code(), Some(0));
    assert_ne!(fs::read(&result).unwrap(), b"mine");
}

#[test]
fn an_archive_above_the_limit_is_not_even_read() {
    let shell = Shell::new(&release());
    assert_snapshot!("convert_large", shell.run("--max-size 300 dist/foo_bar-0.1.0.tar.gz"));
}

#[test]
fn archives_of_two_releases_under_one_name_are_two_results() {
    let sdist = upip_sdist("other", "2.0", &[("other.py", CODE)]);
    let mut archives = release();
    archives.push(("dist/foo-bar-0.1.0.zip", sdist));
    let shell = Shell::new(&archives);
    assert_snapshot!("convert_misnamed", shell.run("dist"));
}

#[test]
fn wheels_of_one_release_that_differ_are_reported_and_the_highest_build_counts() {
    let build = |text: &'static [u8]| wheel("x", "1.0", PURE, "", &[("x.py", text)]);
    let shell = Shell::new(&[
        ("dist/x-1.0-10-py3-none-any.whl", build(b"a = 10")),
        ("dist/x-1.0-2-py3-none-any.whl", build(b"a = 2222")),
        ("dist/x-1.0-py3-none-any.whl", build(b"a = 1")),
    ]);
    let shown = shell.run("-v inspect dist");
    assert_eq!(shown.matches("MP207").count(), 2, "{shown}");
    assert!(shown.contains("x.py                                              6 B"), "{shown}");
}

#[test]
fn inputs_cannot_command_the_terminal() {
    let more = "Summary: \u{1b}]0;pwned\u{7}\u{202e}x\n";
    let wheel = wheel("x", "1.0", PURE, more, &[("x.py", CODE)]);
    let shell = Shell::new(&[("x-1.0-py3-none-any.whl", wheel)]);
    assert_snapshot!("inspect_hostile", shell.run("inspect x-1.0-py3-none-any.whl"));
}

#[test]
fn mistakes_in_the_call() {
    let shell = Shell::new(&[("empty/readme.txt", Vec::new()), ("dist/a-1.0.tar.gz", Vec::new())]);
    for (name, arguments) in [
        ("mistake_nothing", ""),
        ("mistake_missing", "nowhere"),
        ("mistake_empty", "empty"),
        ("mistake_option", "dist --frobnicate"),
        ("mistake_out", "dist --out dist/out"),
        ("mistake_python_version", "dist --python-version three"),
        ("mistake_pattern", "dist --exclude a[b"),
        ("mistake_code", "explain MP999"),
        ("mistake_inspect_pipe", "inspect -"),
        ("mistake_resources", "dist --resources both,none"),
        ("mistake_resources_missing", "resources dist/a-1.0.tar.gz nowhere"),
    ] {
        assert_snapshot!(name, shell.run(arguments));
    }
    let mut command = shell.command("dist");
    let output = command.env("SOURCE_DATE_EPOCH", "yesterday").output().unwrap();
    assert_snapshot!("mistake_epoch", text(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_pipe_gives_the_same_bytes_as_files() {
    let shell = Shell::new(&release());
    assert_eq!(
        shell.output("dist/foo_bar-0.1.0-py3-none-any.whl --out out").status.code(),
        Some(0)
    );
    let mut child = shell
        .command("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&release()[0].1).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.stdout, fs::read(shell.path("out/foo_bar-0.1.0.tar.gz")).unwrap());
    assert_snapshot!("pipe_mistake", shell.run("- --out out"));
}

#[test]
fn source_date_epoch_is_the_time_of_all_members() {
    let shell = Shell::new(&[("dist/x-1.0.tar.gz", upip_sdist("x", "1.0", &[("x.py", CODE)]))]);
    let times = |epoch: Option<&str>| -> Vec<u64> {
        let mut command = shell.command("--force dist");
        command.envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch)));
        assert!(command.status().unwrap().success());
        let file = fs::File::open(shell.path("dist-micropython/x-1.0.tar.gz")).unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
        let entries = archive.entries().unwrap();
        entries.map(|entry| entry.unwrap().header().mtime().unwrap()).collect()
    };
    assert_eq!(times(Some("1234567890")), [1_234_567_890; 3]);
    assert_eq!(times(None), [315_532_800; 3]);
}

#[test]
fn codes_are_explained() {
    let shell = Shell::new(&[]);
    assert_snapshot!("explain", shell.run("explain mp501"));
    assert_snapshot!("explain_list", shell.run("explain"));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md");
    let committed = fs::read_to_string(page).unwrap();
    assert_eq!(
        text(&shell.output("explain --all").stdout),
        committed,
        "write it again: mpconvert explain --all > docs/codes.md"
    );
}

/// Projects that are not built: one as people have it, and one that cannot be read off.
fn projects() -> Vec<(&'static str, Vec<u8>)> {
    let poetry = "[build-system]\nbuild-backend = \"poetry.core.masonry.api\"\n\n[tool.poetry]\n\
                  name = \"foo-bar\"\nversion = \"0.1.0\"\n\n[tool.poetry.dependencies]\n\
                  python = \"^3.8\"\nmicropython-logging = \"^0.5\"\n";
    let dynamic = "[project]\nname = \"late\"\ndynamic = [\"version\"]\n";
    vec![
        ("foo-bar/pyproject.toml", poetry.into()),
        ("foo-bar/foo_bar/__init__.py", CODE.into()),
        ("foo-bar/foo_bar/data/page.html", b"<h1>Hi</h1>".to_vec()),
        ("foo-bar/.venv/pyvenv.cfg", Vec::new()),
        ("foo-bar/dist/foo_bar-0.1.0.tar.gz", upip_sdist("foo-bar", "0.1.0", &[("x.py", CODE)])),
        ("late/pyproject.toml", dynamic.into()),
        ("late/late.py", CODE.into()),
    ]
}

#[test]
fn projects_are_converted_without_a_build() {
    let shell = Shell::new(&projects());
    assert_snapshot!("project", shell.run("foo-bar late"));
    assert_snapshot!("project_json", shell.run("--output-format json foo-bar late"));
    assert_snapshot!("project_inspect", shell.run("inspect -v foo-bar"));
    assert!(shell.path("foo-bar/dist-micropython/foo_bar-0.1.0.tar.gz").is_file());
    assert_snapshot!("project_and_dist", shell.run("foo-bar foo-bar/dist"));
    assert_snapshot!("mistake_out_project", shell.run("foo-bar --out foo-bar/foo_bar/data"));
}

#[test]
fn the_project_one_stands_in_is_an_input() {
    let shell = Shell::new(&projects());
    let mut command = shell.command(".");
    let output = command.current_dir(shell.path("foo-bar")).output().unwrap();
    let out = text(&output.stdout);
    assert!(out.contains("   dist-micropython/foo_bar-0.1.0.tar.gz   "), "{out}");
}

#[test]
fn an_index_is_made_and_looked_at() {
    let shell = Shell::new(&release());
    let made = "index add dist --to site --no-mpy --allow-missing micropython-logging";
    assert_snapshot!("index_add", shell.run(made));
    assert_snapshot!("index_add_again", shell.run(made));
    assert_snapshot!("index_add_json", shell.run(&format!("{made} --output-format json")));
    assert_snapshot!("index_list", shell.run("index list site"));
    assert_snapshot!("index_check", shell.run("index check site"));
    assert_snapshot!("index_remove", shell.run("index remove foo-bar --from site"));
    assert_snapshot!("index_gc", shell.run("index gc site -n"));
    assert_snapshot!("mistake_index", shell.run("index check dist"));
    assert_snapshot!("mistake_base_index", shell.run(&format!("{made} --base-index nowhere")));
}

#[test]
fn packages_are_frozen() {
    let shell = Shell::new(&mixed());
    fs::write(shell.path("driver.py"), CODE).unwrap();
    let release = "dist/foo_bar-0.1.0-py3-none-any.whl";
    assert_snapshot!("freeze_lost", shell.run(&format!("freeze driver.py {release}")));
    let release = "dist/foo_bar-0.1.0-py3-none-any.whl --allow-missing micropython-logging";
    assert_snapshot!("freeze_dry_run", shell.run(&format!("freeze -n driver.py {release}")));
    assert_snapshot!("freeze", shell.run(&format!("freeze -v driver.py {release}")));
    assert_snapshot!("freeze_mixed", shell.run("freeze dist driver.py"));
    fs::write(shell.path("driver.py"), "").unwrap();
    assert_snapshot!("freeze_differs", shell.run("freeze driver.py"));
    assert_snapshot!("freeze_json", shell.run("freeze --force --output-format json driver.py"));
    assert_snapshot!("mistake_freeze", shell.run("freeze a[b]"));
}

#[test]
fn the_manifest_is_listed_and_nothing_is_written() {
    let shell = Shell::new(&release());
    assert_snapshot!("manifest_only", shell.run("--manifest-only dist"));
    assert!(!shell.path("dist-micropython").exists());
}

#[test]
fn shells_and_man_are_served() {
    let shell = Shell::new(&[]);
    for name in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = shell.output(&format!("completions {name}"));
        assert!(text(&output.stdout).contains("mpconvert"), "{name}");
    }
    let page = text(&shell.output("man").stdout);
    assert!(page.starts_with(".ie") && page.contains("COMMAND INSPECT") && page.contains("dry"));
}

#[test]
fn colours_obey_no_color() {
    let shell = Shell::new(&mixed());
    let mut forced = shell.command("-n dist");
    let forced = forced.env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(text(&forced.stderr).contains("\u{1b}["));
    let mut plain = shell.command("-n dist");
    let plain = plain.env("CLICOLOR_FORCE", "0").env("NO_COLOR", "1").output().unwrap();
    assert!(!text(&plain.stderr).contains('\u{1b}'));
}

#[test]
fn packages_are_installed_listed_and_removed() {
    let wheel = |name: &str, version: &str, more: &str| {
        let file = format!("{name}.py");
        wheel(name, version, PURE, more, &[(file.as_str(), format!("# {version}\n").as_bytes())])
    };
    let shell = Shell::new(&[
        ("old/app-1.0-py3-none-any.whl", wheel("app", "1.0", "Requires-Dist: shape\n")),
        ("old/shape-1.0-py3-none-any.whl", wheel("shape", "1.0", "")),
        ("new/app-1.1-py3-none-any.whl", wheel("app", "1.1", "Requires-Dist: shape<1\n")),
        ("solo.py", b"pass\n".to_vec()),
    ]);
    assert_snapshot!("install", shell.run("install -p lib old solo.py"));
    assert_snapshot!("list", shell.run("list -p lib"));
    fs::write(shell.path("lib/app.py"), "mine").unwrap();
    let conflict = "install -p lib new --no-index --find-links old";
    assert_snapshot!("install_conflict", shell.run(conflict));
    fs::remove_file(shell.path("new/app-1.1-py3-none-any.whl")).unwrap();
    fs::write(shell.path("new/app-1.1-py3-none-any.whl"), wheel("app", "1.1", "")).unwrap();
    assert_snapshot!("install_changed", shell.run("install -p lib new"));
    assert_snapshot!("install_json", shell.run("install -p lib new --force --output-format json"));
    assert_snapshot!("uninstall", shell.run("uninstall -p lib app nothing"));
    assert_snapshot!("uninstall_dry_run", shell.run("uninstall -p lib app -n"));
}
