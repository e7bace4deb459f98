//! `manifest.py` and frozen modules: `MP73x` and `MP74x`.

macro_rules! firmware {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    ManifestInvalid = "MP730", Error, "a manifest.py is invalid",
        "a firmware build would stop here: found {found}[, expected {expected}]",
        "A manifest.py calls the functions `metadata`, `package`, `module`, `require`, `include`, `add_library` and `freeze`. This call is not valid.",
        "correct the line";
    ManifestComputed = "MP731", Error, "a manifest.py contains computed values",
        "cannot read {found}[, expected {expected}]",
        "A manifest.py is a program, but mpconvert only reads it and never runs it. It understands calls at the top of the file that have literals as arguments.",
        "write the call without variables, conditions and loops";
    ManifestOutside = "MP732", Error, "a manifest.py refers to a file outside of its folder",
        "cannot use {found}[, expected {expected}]",
        "Only files below the manifest, or in its git repository, can be a part of the package. Only a firmware build knows the value of `$(PORT_DIR)` and similar variables.",
        "move the files below the manifest";
    ManifestSkipped = "MP733", Warning, "a line of a manifest.py is skipped",
        "skipped {found}",
        "The line is not a call of a function of manifests, or it includes a manifest of the firmware with `$(PORT_DIR)` or a similar variable, whose modules are already on the device.",
        "check the files with `mpconvert inspect`";
    ManifestEmpty = "MP734", Warning, "a call in a manifest.py matches no files",
        "there is {found} for this call",
        "The folder in the call has no files of the kind that the function uses. A firmware build ignores such a call without a message.",
        "correct the name of the folder, or remove the line";
    ManifestLibrary = "MP735", Note, "a dependency comes from a library next to the manifest",
        "the manifest requires {found}",
        "The manifest requires a package from a library in its own folder. A client looks for that name in its index.",
        "publish that package too";
    FrozenBytecode = "MP736", Error, "compiled modules cannot be frozen",
        "cannot freeze {found}",
        "Bytecode only works with one version of the firmware. A firmware build compiles the modules itself, from source code.",
        "freeze the source code of the package, or leave the files out with --exclude";
    FrozenData = "MP737", Warning, "data files cannot be frozen",
        "left out {found}, because a firmware only contains modules",
        "The data files of a package become a resource module `R.py`. Files outside of packages are left out, and so are files of a package that has a module `R.py` of its own.",
        "move the files into the package that reads them, or copy them to the device";
    FrozenName = "MP738", Error, "a name is reserved in a manifest",
        "a firmware build would confuse this name: found {found}[, expected {expected}]",
        "A firmware build uses a `manifest.py` in any folder of a package's name as the manifest of that package. A module of that name in such a place, or a package that is named like the output folder, would be taken for it.",
        "rename the module, or choose another folder with --out";
    FrozenTwice = "MP739", Error, "two packages need the same folder",
        "two packages need the same folder: found {found}[, expected {expected}]",
        "Each package is frozen in a folder of its name, and manifests refer to it by that name. Two packages have the same name, or names that differ only in case, `-`, `_` and `.`.",
        "freeze one of the packages in another folder";
    FrozenDiffers = "MP740", Error, "two packages have different files at the same path",
        "two packages have different files at the same path: found {found}",
        "All frozen modules are in one tree, and each path can only be there once.",
        "freeze only one of the packages, or rename one of the modules";
    FrozenShared = "MP741", Note, "two packages have the same file",
        "frozen once, because this is {found}",
        "A firmware build stops at a second file of the same path. mpconvert freezes the file with the first package by name.",
        "you do not need to do anything";
    FrozenInstead = "MP742", Warning, "an input replaces a package of the index",
        "the input replaces {found}",
        "You gave a package as an input that you also asked for from the index, or that another package depends on. mpconvert uses the input, whatever its version is.",
        "if you want the package from the index, do not give it as an input";
    OutputForeign = "MP743", Error, "the output path is occupied",
        "not overwritten: found {found}[, expected {expected}]",
        "mpconvert only replaces folders and files that `mpconvert freeze` made, even with --force.",
        "choose another folder with --out, or move the existing one away";
    FrozenResources = "MP744", Warning, "data files are frozen as a module",
        "programs cannot open the data files by path: found {found}",
        "A firmware contains modules and no files. The data of a package is in its resource module `R.py`, where `pkg_resources` finds it. Programs that open the files by path do not find them.",
        "read the data with pkg_resources, or also copy the files to the device";

    } } };
}
