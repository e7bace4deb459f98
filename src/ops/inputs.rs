//! From the paths that a user names to the releases to convert, and where each result goes.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::options::ConvertOptions;
use crate::read::{Input, group_by_release, is_archive_name};
use crate::settings::{Layer, ProjectSettings, Settings, SettingsScope, leads_out};

/// The inputs of one release, the options, and the folder for the result.
#[derive(Clone, Debug)]
pub struct Job {
    /// The archives of the release, or the project.
    pub input: Input,
    /// How they are converted.
    pub options: Arc<ConvertOptions>,
    /// The folder of the result; it need not exist yet.
    pub out: PathBuf,
}

/// Groups inputs by their settings, in the order of first appearance. The settings are those of the
/// `call`, then those of the input's project or of `whose`.
///
/// # Errors
/// [`Error::Usage`] for settings that make no sense, [`Error::Io`] if a project's cannot be read.
pub fn by_settings(
    inputs: &[PathBuf],
    whose: &SettingsScope,
    call: &Layer,
) -> Result<Vec<(Settings, Vec<PathBuf>)>> {
    let mut groups: Vec<(Option<ProjectSettings>, Vec<PathBuf>)> = Vec::new();
    for input in inputs {
        let project = whose.settings(input)?;
        let path = |project: &Option<ProjectSettings>| project.as_ref().map(|one| one.path.clone());
        match groups.iter_mut().find(|(known, _)| path(known) == path(&project)) {
            Some((_, group)) => group.push(input.clone()),
            None => groups.push((project, vec![input.clone()])),
        }
    }
    let resolve = |(project, inputs): (Option<ProjectSettings>, _)| {
        Ok((Settings::resolve(project.as_ref(), call.clone())?, inputs))
    };
    groups.into_iter().map(resolve).collect()
}

/// The settings of a whole call: those that hold for its first `input`, else in the current folder,
/// below those of the `call`.
///
/// # Errors
/// As [`by_settings`].
pub fn settings_of_call(
    input: Option<&Path>,
    whose: &SettingsScope,
    call: Layer,
) -> Result<Settings> {
    let project = whose.settings(input.unwrap_or(Path::new(".")))?;
    Settings::resolve(project.as_ref(), call)
}

/// The [`jobs`] of all `inputs`, each by the settings that hold for it, from which `options` makes how
/// it is converted.
///
/// # Errors
/// Those of [`by_settings`], [`jobs`] and `options`.
pub fn jobs_by_settings(
    inputs: &[PathBuf],
    whose: &SettingsScope,
    call: &Layer,
    options: &dyn Fn(&Settings) -> Result<ConvertOptions>,
) -> Result<(Vec<Job>, Vec<Error>)> {
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    for (settings, inputs) in by_settings(inputs, whose, call)? {
        let (found, errors) = jobs(&inputs, settings.out(), &Arc::new(options(&settings)?))?;
        all.extend(found);
        failed.extend(errors);
    }
    Ok((all, failed))
}

/// Finds the releases in `inputs`: projects are folders with `pyproject.toml`, `setup.py` or
/// `setup.cfg`; a `manifest.py`, given itself or as the one in another folder, describes a package;
/// archives (files, and those in any other folder) are grouped by release. Inputs that cannot be
/// read are returned as errors, and do not stop the others.
///
/// Files in a folder are sorted by name; those that are not archives are ignored.
#[must_use]
pub fn releases(inputs: &[PathBuf]) -> (Vec<Input>, Vec<Error>) {
    let mut paths = Vec::new();
    let mut failed = Vec::new();
    for input in inputs {
        match sources_of(input) {
            Ok(found) => paths.extend(found),
            Err(error) => failed.push(error),
        }
    }
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    // The folder of a project may be called what an archive is called.
    let releases = group_by_release(&paths).into_iter().flat_map(|group| {
        let (folders, archives): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|path| Input::of_folder(&path).ok_or(path))
            .partition(Result::is_ok);
        let archives: Vec<_> = archives.into_iter().filter_map(Result::err).collect();
        let archives = (!archives.is_empty()).then_some(Input::Archives(archives));
        folders.into_iter().flatten().chain(archives)
    });
    (releases.collect(), failed)
}

/// The [`releases`] in `inputs` with the folder for each result.
///
/// This is `out`, by default `{folder}-micropython` beside the folder of the archive: never the
/// folder itself, whose content `poetry publish` and `twine upload` would upload. For a project it
/// is beside its folder `dist`.
///
/// # Errors
/// [`Error::Usage`] for an `out` inside a folder of archives or among the sources of a project, or
/// where it cannot be left out.
pub fn jobs(
    inputs: &[PathBuf],
    out: Option<&Path>,
    options: &Arc<ConvertOptions>,
) -> Result<(Vec<Job>, Vec<Error>)> {
    for input in inputs {
        match (out, Input::of_folder(input).as_ref().and_then(Input::folder)) {
            (Some(out), Some(folder)) => refuse_out_in_project(folder, out)?,
            _ => refuse_out_among(input, out)?,
        }
    }
    let (releases, failed) = releases(inputs);
    let jobs = releases.into_iter().map(|input| {
        let out = out.map_or_else(|| default_out(&input), |out| Ok(out.to_owned()))?;
        Ok(Job { input, options: Arc::clone(options), out })
    });
    Ok((jobs.collect::<Result<_>>()?, failed))
}

fn default_out(input: &Input) -> Result<PathBuf> {
    if let Input::Archives(paths) = input {
        return sibling(folder_of(paths.first().map_or(Path::new("."), PathBuf::as_path)));
    }
    let folder = input.folder().unwrap_or(Path::new("."));
    let out = sibling(&dist(folder))?;
    if !leads_out(&out, folder) {
        return Ok(out);
    }
    Err(Error::Usage {
        message: format!("{}: this link leads out of the project", out.display()),
        help: "choose the folder for the results with --out".to_owned(),
    })
}

/// Where the build tools of a project put its archives.
fn dist(project: &Path) -> PathBuf {
    if project == Path::new(".") { PathBuf::from("dist") } else { project.join("dist") }
}

/// The paths that an input names: itself, or the archives in it.
fn sources_of(input: &Path) -> Result<Vec<PathBuf>> {
    let is_folder = fs::metadata(input).map_err(Error::io(input))?.is_dir();
    let is_one = Input::of_folder(input).is_some();
    if is_folder && !is_one { archives_in(input) } else { Ok(vec![input.to_owned()]) }
}

fn archives_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut archives = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let entry = entry.map_err(Error::io(folder))?;
        // A dangling link is kept: reading it reports the error.
        let is_folder = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
        if is_archive_name(&entry.file_name().to_string_lossy()) && !is_folder {
            archives.push(entry.path());
        }
    }
    if archives.is_empty() {
        return Err(Error::Usage {
            message: format!(
                "{}: found neither an archive nor a project in this folder",
                folder.display()
            ),
            help: "give a folder with .tar.gz, .tgz, .tar.bz2, .zip or .whl files, \
                   such as the `dist` that `poetry build` fills, or one with pyproject.toml, \
                   setup.py, setup.cfg or manifest.py"
                .to_owned(),
        });
    }
    archives.sort();
    Ok(archives)
}

/// The folder of a file.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// `{folder}-micropython` beside `folder`, spelled as `folder` is where its spelling ends in a
/// name.
fn sibling(folder: &Path) -> Result<PathBuf> {
    let named = match folder.components().next_back() {
        Some(Component::Normal(_)) => folder.to_owned(),
        _ => folder.canonicalize().map_err(Error::io(folder))?,
    };
    let Some(name) = named.file_name() else {
        return Err(Error::Usage {
            message: format!(
                "{}: this folder has no name to derive the name of the results from",
                named.display()
            ),
            help: "choose the folder for the results with --out".to_owned(),
        });
    };
    let mut sibling = OsString::from(name);
    sibling.push("-micropython");
    let sibling = named.with_file_name(sibling);
    // The one may be a link to the other.
    if is_same_folder(&sibling, folder) { Err(out_in_input(folder)) } else { Ok(sibling) }
}

fn refuse_out_among(input: &Path, out: Option<&Path>) -> Result<()> {
    let Some(out) = out else { return Ok(()) };
    if !input.is_dir() {
        let folder = folder_of(input);
        return if is_same_folder(out, folder) { Err(out_in_input(folder)) } else { Ok(()) };
    }
    let is_below =
        resolved(out).zip(resolved(input)).is_some_and(|(out, input)| out.starts_with(input));
    if is_below { Err(out_in_input(input)) } else { Ok(()) }
}

/// Refuses an `out` at the top of a project, in its `dist` or in a package, where results would be
/// uploaded or shipped with the other files.
fn refuse_out_in_project(project: &Path, out: &Path) -> Result<()> {
    let (Some(real), Some(root)) = (resolved(out), resolved(project)) else { return Ok(()) };
    let Ok(inside) = real.strip_prefix(&root) else { return Ok(()) };
    if inside.as_os_str().is_empty() {
        return Err(out_in_input(project));
    }
    if inside == Path::new("dist") {
        return Err(out_in_input(&dist(project)));
    }
    let mut folders = inside.ancestors().map(|folder| root.join(folder));
    match folders.find(|folder| *folder != root && folder.join("__init__.py").exists()) {
        Some(_) => Err(out_in_input(out)),
        None => Ok(()),
    }
}

/// `path` without links and `..`, whether or not all of it exists.
fn resolved(path: &Path) -> Option<PathBuf> {
    path.ancestors().find_map(|ancestor| {
        let existing = if ancestor.as_os_str().is_empty() { Path::new(".") } else { ancestor };
        let mut real = existing.canonicalize().ok()?;
        for part in path.strip_prefix(ancestor).ok()?.components() {
            match part {
                Component::ParentDir => {
                    real.pop();
                }
                _ => real.push(part),
            }
        }
        Some(real)
    })
}

fn is_same_folder(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn out_in_input(folder: &Path) -> Error {
    Error::Usage {
        message: format!("the results would go into the input folder {}", folder.display()),
        help: "choose another folder with --out, so that you do not upload the results with the inputs"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(inputs: &[PathBuf], out: Option<&Path>) -> Result<(Vec<Job>, Vec<Error>)> {
        super::jobs(inputs, out, &Arc::default())
    }

    fn names(input: &Input) -> Vec<&str> {
        let Input::Archives(paths) = input else { panic!("a project") };
        paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect()
    }

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let scratch = tempfile::tempdir().unwrap();
        let dist = scratch.path().join("dist");
        fs::create_dir(&dist).unwrap();
        for name in names {
            fs::write(dist.join(name), "").unwrap();
        }
        scratch
    }

    #[test]
    fn a_folder_gives_one_job_a_release_and_a_sibling_for_the_results() {
        let scratch =
            folder(&["b-1.0.tar.gz", "a-1.0.tar.gz", "a-1.0-py3-none-any.whl", "notes.txt"]);
        let dist = scratch.path().join("dist");
        let (jobs, failed) = jobs(&[dist.join("")], None).unwrap();
        assert!(failed.is_empty());
        let names: Vec<_> = jobs.iter().map(|job| names(&job.input)).collect();
        assert_eq!(names, [vec!["a-1.0-py3-none-any.whl", "a-1.0.tar.gz"], vec!["b-1.0.tar.gz"]]);
        assert!(jobs.iter().all(|job| job.out == scratch.path().join("dist-micropython")));
    }

    #[test]
    fn a_single_file_goes_to_the_sibling_of_its_folder_too() {
        let scratch = folder(&["a-1.0.tar.gz"]);
        let (jobs, _) = jobs(&[scratch.path().join("dist/a-1.0.tar.gz")], None).unwrap();
        assert_eq!(jobs[0].out, scratch.path().join("dist-micropython"));
    }

    #[test]
    fn results_never_go_among_the_inputs() {
        let scratch = folder(&["a-1.0.tar.gz"]);
        let dist = scratch.path().join("dist");
        for out in [dist.clone(), dist.join("new/deep"), scratch.path().join("dist/../dist")] {
            let refused = jobs(std::slice::from_ref(&dist), Some(&out));
            assert!(matches!(refused, Err(Error::Usage { .. })), "{}", out.display());
        }
        let file = dist.join("a-1.0.tar.gz");
        assert!(jobs(std::slice::from_ref(&file), Some(&dist)).is_err());
        assert!(jobs(&[file], Some(&dist.join("out"))).is_ok());
        assert!(jobs(&[dist], Some(&scratch.path().join("dist2"))).is_ok());
    }

    #[test]
    fn a_project_may_be_called_what_its_archive_is_called() {
        let scratch = folder(&["a-1.0.tar.gz"]);
        let project = scratch.path().join("a-1.0.zip");
        fs::create_dir(&project).unwrap();
        fs::write(project.join("setup.py"), "").unwrap();
        let (found, _) = releases(&[project.clone(), scratch.path().join("dist")]);
        let archive = scratch.path().join("dist/a-1.0.tar.gz");
        assert_eq!(found, [Input::Project(project), Input::Archives(vec![archive])]);
    }

    #[cfg(unix)]
    #[test]
    fn the_results_of_a_project_stay_in_its_folder_by_default() {
        let scratch = folder(&[]);
        let project = scratch.path().join("project");
        fs::create_dir(&project).unwrap();
        fs::write(project.join("setup.py"), "").unwrap();
        std::os::unix::fs::symlink("../dist", project.join("dist-micropython")).unwrap();
        let refused = jobs(std::slice::from_ref(&project), None).unwrap_err().to_string();
        assert!(refused.ends_with("dist-micropython: this link leads out of the project"));
        assert!(jobs(&[project], Some(&scratch.path().join("dist"))).is_ok());
    }

    #[test]
    fn what_cannot_be_looked_at_does_not_stop_the_others() {
        let scratch = folder(&["a-1.0.tar.gz"]);
        let paths = ["nowhere", "empty", "dist"].map(|name| scratch.path().join(name));
        fs::create_dir(&paths[1]).unwrap();
        let (jobs, failed) = jobs(&paths, None).unwrap();
        assert_eq!(jobs.len(), 1);
        assert!(matches!(failed[..], [Error::Io { .. }, Error::Usage { .. }]));
    }
}
