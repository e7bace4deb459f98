//! Installed packages: `MP78x` and `MP79x`.

macro_rules! install {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    OtherVersionInstalled = "MP780", Error, "an installed package needs another version",
        "the installed package would stop working: found {found}[, expected {expected}]",
        "An installed package, which is not a part of this change, needs a version that conflicts with your requirements.",
        "install both in one command, so that mpconvert finds versions that fit together; remove the installed package; or use --force";
    HeldBack = "MP781", Note, "an installed package prevents an update",
        "kept an older version: {found}",
        "There is a newer version, but an installed package, which is not a part of this change, does not allow it.",
        "to get the newer version, install the other package again in the same command, or remove it";
    OtherVersionNeeded = "MP782", Warning, "an installed version does not satisfy a dependency",
        "the package may not work: found {found}[, expected {expected}]",
        "The dependency was installed with --force, although the package needs another version.",
        "install the package again, which installs a version that satisfies it";
    InstalledServes = "MP783", Note, "an installed package is kept",
        "kept the installed version {found}, because no index has the project",
        "The package was installed earlier, for example from a file, and does not change.",
        "you do not need to do anything";
    OtherProject = "MP784", Error, "an archive contains another project",
        "the archive contains another project: found {found}[, expected {expected}]",
        "A requirement gives the URL of an archive, and the metadata in the archive has a different name.",
        "correct the name or the URL";

    InvalidRecord = "MP790", Error, "the record of installed packages is invalid",
        "cannot read the record of installed packages: {found}[, expected {expected}]",
        "mpconvert records the packages in a folder in `.mpconvert/installed.json`. This file was written by another program, or by a later version of mpconvert.",
        "use the current version of mpconvert; or remove the file and install the packages again, which keeps files that are already there";
    FileInTheWay = "MP791", Error, "a file that no package installed is in the way",
        "not overwritten, because there is {found}",
        "A package would overwrite a file that mpconvert did not install.",
        "move the file away, or overwrite it with --force";
    FileChanged = "MP792", Error, "an installed file was changed",
        "not overwritten, because the file was changed: found {found}[, expected {expected}]",
        "The file was changed after it was installed, and the package now contains a different version of it.",
        "move the file away, or overwrite it with --force";
    ChangedFileKept = "MP793", Warning, "a changed file is kept",
        "kept, because the file was changed: found {found}",
        "The file was changed after it was installed, so mpconvert leaves it alone.",
        "overwrite or remove it with --force";
    PackagesCollide = "MP794", Error, "two packages install the same file or module",
        "two packages install the same file or module: {found}",
        "The packages have different content for one path, and the one that is installed last would overwrite the other. Or both have a module of the same name, and only one can be imported: a folder comes before NAME.py, and NAME.py before NAME.mpy.",
        "leave out one of the packages, or install both with --force";
    PathOccupied = "MP795", Error, "a path in the folder is occupied",
        "cannot write the file: found {found}[, expected {expected}]",
        "There is a folder, a link or something else where the file would be, or something other than a folder on the way to it. mpconvert does not follow links, because they may lead out of the folder.",
        "move it away";
    NotInstalled = "MP796", Error, "the package is not installed",
        "the package is not installed",
        "The record of the folder does not contain a package of this name.",
        "list the packages with `mpconvert list`";
    StillUsed = "MP797", Error, "an installed package needs the package",
        "not removed, because the package is needed by {found}",
        "Without this package, the other one cannot be imported.",
        "remove the other package too, or use --force";
    InstallInterrupted = "MP798", Warning, "an installation was interrupted",
        "the last installation was interrupted: {found}",
        "The next command that changes the folder first restores its previous state.",
        "install or remove any package to restore the folder";
    InstalledFileLost = "MP799", Warning, "an installed file is missing or changed",
        "the installed file is missing or changed: found {found}",
        "The file is not the one that was installed.",
        "install the package again to restore missing files, and use --force for changed ones";

    } } };
}
