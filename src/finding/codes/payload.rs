//! The files that a device gets: `MP5xx`.

macro_rules! payload {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    NativeCode = "MP501", Error, "the release contains native code",
        "a device cannot run {found}",
        "The release contains compiled code, or has to be compiled, for a computer and not for a microcontroller.",
        "look for a pure Python release, or build a wheel without an optional extension module; if it is a dependency, leave it out with `NAME = false` in [tool.mpconvert.dependencies]";
    EmptyPayload = "MP502", Error, "the release installs nothing",
        "the package has {found}",
        "The package has neither files to install nor dependencies, or none of its files is for a device. A package that only has dependencies is fine.",
        "check which packages the project's build configuration lists, or use --build to run its build tool";
    NameTooLong = "MP503", Error, "a path is longer than 100 bytes",
        "the path is too long: found {found}[, expected {expected}]",
        "Devices only read the first 100 bytes of a member's path.",
        "shorten the names of folders and modules, or the name of the project";
    NameSkippedByUpip = "MP504", Error, "upip would skip a file",
        "upip would skip {found}",
        "upip does not install files whose path starts with `setup.`, `PKG-INFO` or `README`, or contains `.egg-info`.",
        "rename the file";
    LeftOut = "MP505", Note, "files are left out",
        "left out {found} that a device does not need",
        "Tests, documentation, build scripts, files for type checkers and what editors leave behind would only take up space on the device.",
        "keep them with --include PATTERN";
    NamesCollide = "MP506", Warning, "paths collide on some file systems",
        "the path collides with another on some file systems: found {found}",
        "The paths differ only in case or in the Unicode form of a character. On a FAT file system, which many boards use, one of the files overwrites the other.",
        "rename one of the files";
    DataLeftOut = "MP507", Note, "scripts, headers or data files of a wheel are left out",
        "left out {found}, because they are installed outside of site-packages",
        "A wheel can install files outside of site-packages, but a device has no place for them.",
        "if the program needs them, move them into the package";

    FileIsFolder = "MP508", Error, "a file and a folder have the same path",
        "a file and a folder have the same path: found {found}[, expected {expected}]",
        "A device cannot have a file and a folder of the same name.",
        "build the archive again";
    NoResourceModule = "MP509", Note, "files cannot be in a resource module",
        "not in a resource module, because this is {found}",
        "A resource module `R.py` is a module of the package whose files it contains. A file at the root belongs to no package, and a folder with a dot in its name cannot be imported. mpconvert installs such files unchanged.",
        "move the files into the package that reads them";
    ResourceModuleKept = "MP510", Warning, "a resource module of the project is kept",
        "no resource module is made, because the project has {found}",
        "The project has a module `R` where mpconvert would put a resource module with the package's files. It keeps both the module and the files. `pkg_resources` only finds the files that the module contains.",
        "remove the module to let mpconvert make it, or use --resources files";
    ResourcesTooLarge = "MP511", Warning, "resources may be too large for a device",
        "the resources may not fit into the memory of a device: found {found}[, expected {expected}]",
        "A device compiles the whole resource module and loads everything in it at once, which takes one to two bytes of heap for each byte of text. If there is not enough memory, `pkg_resources` finds nothing, even if the resource also exists as a file.",
        "use --resources files, so that programs open the files, or freeze the module into the firmware";

    NotForPip = "MP512", Warning, "pip cannot install a file",
        "pip cannot install {found}[, expected {expected}]",
        "With --pip-installable, setuptools installs the same files as upip. It supports modules, packages, and data within packages.",
        "move the file into a package";

    NotCompiled = "MP513", Warning, "a module does not compile",
        "the module is installed as source code, because it does not compile: {found}",
        "mpy-cross cannot compile the module, so the device gets the source code. A device with the same release of MicroPython cannot import it either, except for native code (`@micropython.native`, `@micropython.viper`, `@micropython.asm_thumb` and similar), which the device compiles itself.",
        "correct the module, or leave it out with --exclude PATTERN; if it needs another release of MicroPython, set that compiler with --mpy-cross";
    CompilerFailed = "MP514", Error, "the compiler failed",
        "the compiler failed: found {found}[, expected {expected}]",
        "mpy-cross crashed, did not finish, or produced no bytecode. The next run might behave differently, and a release must not depend on that.",
        "try another release of mpy-cross, or leave the file out with --exclude PATTERN";
    ForeignBytecode = "MP515", Warning, "a compiled module does not match the devices",
        "devices cannot import this module: found {found}[, expected {expected}]",
        "The project ships a module that was compiled to another version of bytecode, or that contains native code for one kind of processor. Devices refuse it with `incompatible .mpy file`.",
        "ship the source code instead of the compiled module";
    BytecodeReplaced = "MP516", Note, "a compiled module of the project is replaced",
        "replaced the project's compiled module by {found}",
        "The project ships a module as source code and as bytecode. A device imports the source code if it finds both, so mpconvert compiles that.",
        "you do not need to do anything";
    ModuleHidden = "MP517", Warning, "a module can never be imported",
        "the module can never be imported: {found}",
        "MicroPython first looks for a folder of the module's name, then for NAME.py and then for NAME.mpy. It imports the first that it finds.",
        "rename one of the two, or leave one out";

    } } };
}
