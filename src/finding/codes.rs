//! The one registry of finding codes; `mpconvert explain` and the page of codes are made from it.

use super::Severity;

/// Declares [`Code`] and everything known about each, a row a code.
macro_rules! codes {
    ($($variant:ident = $id:literal, $severity:ident, $title:literal, $explanation:literal, $help:literal;)*) => {
        /// The kind of a [`Finding`](super::Finding).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The number by which users name the code. A number is never given twice.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// How much a finding of this code weighs.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// The code in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Why it matters on a device or for its installer.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }

            /// What the user can do about it.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

codes! {
    Unreadable = "MP101", Error, "unreadable archive",
        "The archive cannot be read to its end: it is truncated, damaged, encrypted, or its checksums do not match. What can be read of it is not used, since nobody can tell what is missing.",
        "download or build the archive again";
    UnsupportedFormat = "MP102", Error, "not a format that is read here",
        "Source distributions are read from .tar.gz, .tgz, .tar.bz2 and .zip archives, built distributions from .whl files. Eggs and installers for Windows are not read: they hold compiled files for one version of CPython.",
        "give the project's wheel or source distribution instead";
    UnsafePath = "MP103", Error, "a member's path is unsafe",
        "The path of a member is absolute, empty, climbs out of the archive by `..`, or holds a backslash, a control character or bytes that are no text. Clients write such paths wherever they point to.",
        "build the archive with a current build tool; do not install it by other means";
    UnsafeLink = "MP104", Error, "a link leaves the archive or the project",
        "Links inside of an archive or of a project's folder are resolved into the files they point to. This one points outside of it, to nothing, or in a circle.",
        "replace the link by the file itself";
    DuplicateMember = "MP105", Error, "two members of one path differ",
        "The archive holds the same path twice with different content. Clients disagree on which of the two counts.",
        "build the archive again, with each file once";
    TooLarge = "MP106", Error, "the input has too many bytes",
        "Reading stops at a limit, so that a small archive cannot fill the memory. Of a project's folder, only the files that it ships are read.",
        "if you trust the input, raise the limit with --max-size";
    TooDense = "MP107", Error, "the archive's compression ratio is too high",
        "The archive unpacks to many times its own size, as decompression bombs do. Reading stops at a limit.",
        "if you trust the archive, raise the limit with --max-ratio";
    TooManyMembers = "MP108", Error, "the input has too many members",
        "Reading stops at a limit, so that a small archive cannot fill the memory. In a project's folder all files and folders count, but those of version control, environments and caches.",
        "if you trust the input, raise the limit with --max-members";
    SpecialMember = "MP109", Error, "a member is neither file, folder nor link",
        "Devices, sockets and pipes have no place in a distribution.",
        "build the archive again from plain files";
    NoRootFolder = "MP110", Error, "no root folder",
        "All members of a source distribution lie in one folder `{name}-{version}/`. Here there is none, or more than one.",
        "build the archive with a current build tool";
    RepeatedMember = "MP111", Note, "a member occurs more than once",
        "The archive holds the same path several times with the same content; it is kept once.",
        "nothing needs to be done";
    UnreadableSource = "MP112", Error, "a file of the project cannot be read",
        "The project ships a file or folder that the system does not let be read.",
        "change its permissions, or what the project ships";
    TooMuchWork = "MP116", Error, "the input takes too much work",
        "Reading stops after a number of steps that is far above what real projects need, so that a small input cannot keep the processor busy or fill the memory. Examples are an archive of many thousands of compressed streams, and configuration that is nested thousands of levels deep.",
        "build the archive again with a current build tool, or simplify what the finding names";

    AmbiguousArchive = "MP120", Error, "readers disagree about the archive",
        "The archive describes a member in two places, such as the local header and the central directory of a zip file, or the header and the extended header of a tar file, and the two differ. Which files such an archive holds depends on the program that reads it, so that a file can be hidden from a review.",
        "build the archive again with a current build tool; do not install it by other means";
    DataOutsideArchive = "MP121", Error, "data outside of the archive's members",
        "There are bytes before, between or after the members of the archive. Some programs skip them and others read them as further members or as another archive.",
        "build the archive again with a current build tool; do not install it by other means";
    RecordDiffers = "MP122", Error, "a file of a wheel differs from its RECORD",
        "RECORD lists the files of a wheel with their hashes and sizes. A file is missing or has other content, or the hash is of a kind that wheels must not use: only SHA-256, SHA-384 and SHA-512 are verified.",
        "download or build the wheel again; if you changed it by hand, repack it with `wheel pack`";
    RecordIncomplete = "MP123", Warning, "a file of a wheel is not verified by its RECORD",
        "Every file of a wheel has a line with its hash in RECORD. This file has none, so that it may have been added after the wheel was built.",
        "build the wheel again; if you changed it by hand, repack it with `wheel pack`";
    RecordMissing = "MP124", Note, "a wheel has no RECORD",
        "RECORD is missing or empty, so the files of the wheel cannot be verified. pip refuses to install a wheel without a RECORD.",
        "build the wheel with a current build tool";
    UnsupportedWheel = "MP125", Error, "the wheel does not follow the wheel specification",
        "A wheel has one `.dist-info` folder, whose name starts with that of the project, and in it a file WHEEL that gives a version 1.x of the specification. pip and uv refuse other wheels.",
        "build the wheel with a current build tool";
    NewerWheel = "MP126", Warning, "the wheel follows a newer version of the wheel specification",
        "The first number of `Wheel-Version` is known and the second is higher than the known one. Features that were added since are ignored.",
        "check the files with `mpconvert inspect`";
    NameNotPortable = "MP127", Error, "a file name is not portable",
        "The FAT file system, which many boards use, cannot hold the characters `\" * : < > ? \\ |` and control characters, nor names above 255 characters. On Windows, a colon opens a hidden stream of another file, and `CON`, `PRN`, `AUX`, `NUL`, `COM1` to `COM9` and `LPT1` to `LPT9` name devices, with any extension.",
        "rename the file, or leave it out with --exclude PATTERN";
    NamesOverwrite = "MP128", Error, "files overwrite each other on some file systems",
        "The paths differ only in case, or in dots and spaces at the end of a name, and the files differ in content. On a FAT file system, which many boards have, and on Windows and macOS one overwrites the other.",
        "rename one of the files, or leave it out with --exclude PATTERN";
    NameTrimmed = "MP129", Warning, "a file name ends in a dot or a space",
        "The FAT file system and Windows drop dots and spaces at the end of a name, so that the file gets another name there and is not found.",
        "rename the file, or leave it out with --exclude PATTERN";

    NoIdentity = "MP201", Error, "no name or no version",
        "Neither the metadata nor the file name give a valid project name and a version by PEP 440.",
        "name the file {name}-{version}.tar.gz, or add the metadata";
    IdentityFromFileName = "MP202", Warning, "name and version are taken from the file name",
        "Neither core metadata (PKG-INFO or METADATA) nor a project's configuration name them.",
        "build the archive with a current build tool, which writes the metadata";
    IdentityDiffers = "MP203", Warning, "names or versions disagree",
        "The metadata and the file name, or the published archive and a wheel built of it, give different names or versions. The metadata of what was published count.",
        "build the archives again and do not rename them";
    InvalidMetadata = "MP204", Warning, "invalid metadata",
        "A field of the core metadata cannot be understood; it is left out.",
        "correct the field in the project's configuration";
    InvalidConfiguration = "MP205", Error, "invalid project configuration",
        "pyproject.toml, setup.cfg or MANIFEST.in cannot be read or followed, so that neither layout nor dependencies are certain.",
        "correct the file";
    SourcesOfMetadataDiffer = "MP206", Warning, "metadata of one release differ",
        "Archives of one release give different values for the same field. The wheel's counts.",
        "build all archives of a release in one go";

    PayloadsDiffer = "MP207", Warning, "two archives of one kind differ",
        "A release has two wheels, or two source distributions, with different content. Only one of them can be converted: of wheels the one for Python 3 and with the highest build tag.",
        "build all archives of a release in one go, or convert the one you mean alone";
    MetadataUncertain = "MP208", Warning, "a part of the metadata is known to the build only",
        "A field of the core metadata is computed when the project is built, such as a version that comes from version control or an argument of setup() that is no literal. No code of the project is run to find it out.",
        "use --build to let the project's own build tool tell";

    ConstraintRemoved = "MP301", Note, "a version constraint is removed",
        "upip takes bare names only and installs the newest release; a constraint in requires.txt breaks the installation.",
        "if the newest release does not fit, publish the one you need under a name of its own";
    ExtrasRemoved = "MP302", Note, "extras of a dependency are removed",
        "Neither upip nor mip knows extras: what the extra would bring is not installed, and upip breaks off at the brackets.",
        "depend directly on what the extra would bring";
    MarkerFalse = "MP303", Note, "a dependency does not apply to MicroPython",
        "The dependency's environment marker is false for the target environment.",
        "if it is needed after all, set the target with --sys-platform or --python-version";
    UrlRequirement = "MP304", Warning, "a dependency is given by URL",
        "upip installs from its index only; the name alone is kept.",
        "publish the dependency to an index";
    InvalidRequirement = "MP305", Warning, "a dependency is not valid by PEP 508",
        "The line is not a dependency specifier. The name at its start is kept where there is one.",
        "correct the dependency in the project's configuration";
    RequirementsDiffer = "MP306", Warning, "sources of dependencies disagree",
        "The archive names its dependencies in several places, and after evaluation for MicroPython these differ. The first counts of: a wheel's METADATA, PKG-INFO, egg-info/requires.txt, the project's configuration.",
        "build all archives of a release in one go";
    UnknownExtra = "MP307", Warning, "an extra does not exist",
        "The release does not declare the extra that was asked for.",
        "see the extras it has with `mpconvert inspect`";
    RepeatedRequirement = "MP308", Note, "a dependency is named more than once",
        "It is kept once.",
        "nothing needs to be done";
    OwnRequirement = "MP309", Note, "the project depends on itself",
        "upip would install it twice, and mip without end; it is left out.",
        "nothing needs to be done";

    DependencyRenamed = "MP310", Note, "a dependency goes by another name",
        "The settings give the dependency another name, by which the device's index knows it, or a place.",
        "see `dependencies` in `mpconvert config show`";
    DependencyDropped = "MP311", Note, "a dependency is dropped",
        "The settings say that the device does without the dependency, or has it already.",
        "see `dependencies` in `mpconvert config show`";

    NameTranslated = "MP312", Note, "a dependency is now a package of micropython-lib",
        "On PyPI the packages of micropython-lib had names such as `micropython-logging`. In the index of mip they have those of their modules, and versions of their own.",
        "name what you mean in [tool.mpconvert.dependencies] if it is another package";
    BuiltIn = "MP313", Note, "a dependency is built in",
        "What the package brought is a part of the firmware now. A copy of it would only take room, and might hide the better one.",
        "name a package in [tool.mpconvert.dependencies] if your firmware lacks the module";
    Placeholder = "MP314", Warning, "a dependency was an empty placeholder",
        "Many packages of micropython-lib on PyPI held an empty module, so that importing it did not fail. They are dropped; where the module is imported without an `except ImportError`, the import fails on the device.",
        "name what brings the module in [tool.mpconvert.dependencies], or `false` if it is not needed";
    PlaceForUpip = "MP315", Warning, "a dependency's place is for mip only",
        "The settings give a place for the dependency. upip knows names only and keeps the declared one.",
        "publish the dependency to the index that upip uses";
    Unresolved = "MP316", Warning, "a dependency cannot be had",
        "No package for the dependency is known, so the package is made without it. On the device its import will fail.",
        "add it to the index with `mpconvert index add`, which copies it from another one by --base-index, or name in [tool.mpconvert.dependencies] what to take instead, or `false`";
    NoVersion = "MP317", Warning, "no version of a dependency is allowed",
        "mip knows no ranges of versions, so a dependency is pinned to the newest version in the index that its constraints allow. There is none, and the package is made without the dependency.",
        "widen the constraint, add a version to the index, or say name@version in [tool.mpconvert.dependencies]";
    ConstraintUnchecked = "MP318", Warning, "a version constraint could not be checked",
        "mip knows no ranges of versions. Without an index to look in, the newest version at the time of installation is asked for, which the constraint may exclude.",
        "give the index with --index";
    IndexUnchecked = "MP319", Warning, "it is not known whether the index has a dependency",
        "No index to look in was given, and the dependency is not a package of micropython-lib. If the index that the device uses lacks it, the installation stops there.",
        "give the index with --index, or a place in [tool.mpconvert.dependencies]";
    LatestNotAllowed = "MP320", Warning, "the newest version of a dependency is not allowed",
        "With `--deps latest`, mip takes the newest version at the time of installation. The newest one now is excluded by a constraint.",
        "use --deps pin";
    RepositoryRequirement = "MP321", Warning, "a dependency is a repository",
        "mip installs from a repository what the package.json there lists, and nothing if there is none.",
        "make a package.json there with `mpconvert mip --in-place`, or name a package in [tool.mpconvert.dependencies]";
    UrlForMip = "MP322", Warning, "mip cannot fetch a dependency's URL",
        "mip fetches single files, and repositories at hosts that it knows by organisation and name. It unpacks no archives. The name alone is kept.",
        "add the dependency to the index with `mpconvert index add`, or give a place in [tool.mpconvert.dependencies]";
    DependencyCycle = "MP323", Warning, "packages depend on each other in a circle",
        "Clients follow each dependency again and again until they crash. The one that closes the circle is left out; whoever installs the package that declares it alone lacks it.",
        "move what both packages need into a third one";

    NoLayout = "MP401", Error, "the install layout cannot be found",
        "Which files a source distribution installs, and where, is decided by its build tool. The rules of all known tools were tried without running any code of the package.",
        "use --build to let the project's own build tool decide, or give its wheel";
    LayoutDiscovered = "MP402", Note, "the install layout is found by automatic discovery",
        "The project names no packages; the rules of setuptools' automatic discovery were applied.",
        "check the files with `mpconvert inspect`";
    LayoutUncertain = "MP403", Warning, "the install layout may be incomplete",
        "A part of the build configuration can only be known by running it, such as a build script or a computed argument of setup().",
        "compare with `mpconvert inspect --build`, or give the project's wheel";
    BuildFailed = "MP404", Error, "the project's own build failed",
        "With --build, the project's build tool makes a wheel in an isolated environment. It did not.",
        "see its output above; the package `build` must be importable by the Python that runs it";
    LayoutDerived = "MP405", Note, "the install layout is derived",
        "There is no wheel beside the source distribution, or for the project. Which files it installs, and where, was found by the rules of its build tool, without running it.",
        "check the files with `mpconvert inspect`";
    ManifestLineSkipped = "MP406", Warning, "a line of MANIFEST.in is skipped",
        "The line is no command, or has too few or too many words behind it. setuptools warns of it and goes on, and so does this program: data files may be missing, or too many.",
        "correct the line in MANIFEST.in";

    NativeCode = "MP501", Error, "native code",
        "The release contains compiled code or has to be compiled, for a computer and not for a microcontroller.",
        "look for a pure Python release; if the extension is optional, build a wheel without it";
    EmptyPayload = "MP502", Error, "no file to install",
        "The archive installs nothing.",
        "check which packages the project's build configuration names, or use --build to let its own build tool decide";
    NameTooLong = "MP503", Error, "a path is longer than 100 bytes",
        "Devices read the first 100 bytes of a member's name only.",
        "shorten the names of folders and modules, or of the project";
    NameSkippedByUpip = "MP504", Error, "upip would skip a file",
        "upip installs no file whose path starts with `setup.`, `PKG-INFO` or `README`, or contains `.egg-info`, whatever it is.",
        "rename the file";
    LeftOut = "MP505", Note, "files are left out",
        "Tests, documentation, build scripts and caches would only fill the device.",
        "keep them with --include PATTERN";
    NamesCollide = "MP506", Warning, "paths collide on some file systems",
        "The paths differ only in case or in the Unicode form of a letter. On a FAT file system, which many boards have, one overwrites the other.",
        "rename one of the files";
    DataLeftOut = "MP507", Note, "scripts, headers or data files of a wheel are left out",
        "A wheel can install files outside of site-packages. A device has no such places.",
        "ship them inside the package if they are needed at run time";

    FileIsFolder = "MP508", Error, "a file is a folder too",
        "One path is the beginning of another. No device can have a file and a folder of one name.",
        "build the archive again";
    NoResourceModule = "MP509", Note, "files cannot be in a resource module",
        "A resource module `R.py` lies in the folder of a package and is imported under its name. A file at the root belongs to no package, and a folder with a dot in its name cannot be imported. Such files are installed as they are.",
        "move the files into the package that reads them";
    ResourceModuleKept = "MP510", Warning, "a resource module of the project's own is kept",
        "There is a module `R` where one would be made of the package's files. It is kept, and so are the files, which it may not hold. What it does not hold, `pkg_resources` does not find.",
        "remove it from the project to have it made, or say --resources files";
    ResourcesTooLarge = "MP511", Warning, "resources may be too large for a device",
        "A device compiles the whole text of a resource module and holds all that is in it at once, which takes one to two bytes of heap for each byte of text. Where there is less, `pkg_resources` finds nothing, not even what is there as a file, too.",
        "say --resources files, so that large files are opened instead, or freeze the module into the firmware";

    NotForPip = "MP512", Warning, "pip cannot install a file",
        "With --pip-installable, setuptools installs the same files that upip does. It knows modules and packages, and data inside of packages.",
        "move the file into a package";

    NotCompiled = "MP513", Warning, "a module does not compile",
        "mpy-cross does not take the module, which goes to the device as it is. A device with the compiler's release of MicroPython does not take it either, except for native code (`@micropython.native`, `@micropython.viper`, `@micropython.asm_thumb` and the like), which the device compiles itself.",
        "correct the module, or leave it out with --exclude PATTERN; if it needs another release of MicroPython, name its compiler with --mpy-cross";
    CompilerFailed = "MP514", Error, "the compiler broke",
        "mpy-cross crashed, did not come to an end, or made no bytecode. What it would do next time is not known, and a release must not depend on it.",
        "try another release of mpy-cross, or leave the file out with --exclude PATTERN";
    ForeignBytecode = "MP515", Warning, "bytecode that a device does not take",
        "The project ships a compiled module of another version of bytecode, or with native code for one kind of processor. Devices refuse it with `incompatible .mpy file`.",
        "ship the source instead of the compiled module";
    BytecodeReplaced = "MP516", Note, "a compiled module of the project's own is replaced",
        "Beside a module there is its compiled form. A device that finds both takes the source, so the bytecode is made of this.",
        "nothing needs to be done";
    ModuleHidden = "MP517", Warning, "a module that no import finds",
        "MicroPython looks for a folder of the module's name first, whatever is in it, then for NAME.py and then for NAME.mpy. What is found later is never imported.",
        "rename one of them, or leave one out";

    OutputDiffers = "MP601", Error, "the output exists with other content",
        "A release once published does not change; the existing file is left alone.",
        "overwrite it with --force";
    WindowExceeded = "MP602", Error, "the output needs a window above 4 KiB",
        "Devices unpack with a window of 4096 bytes. The output was judged before it was written, and it did not pass.",
        "report this with the input: it is a defect of this program";
    OutOfDate = "MP603", Error, "the output is out of date",
        "With --check nothing is written. What is there is not what would be written now.",
        "write it again: the same call without --check";
    UrlsNeedVersion = "MP604", Note, "older clients do not understand the URLs",
        "Relative URLs in a package.json are understood by MicroPython 1.25 and newer, and those that start with `codeberg:` by 1.29 and newer. mpremote understands them from the same version on, whatever runs on the board.",
        "for older ones give absolute URLs with --url-base";
    UrlNotLocal = "MP605", Warning, "a file can be installed over HTTP only",
        "The path has a letter that must be percent-encoded in a URL. mpremote opens the files of a package.json on your computer by their URLs as they are written, and does not find this one. Where the folder is served, all is well.",
        "rename the file, or let `mpconvert mip --out DIR` copy the files";
    NoSource = "MP606", Error, "a file does not lie in the project",
        "With --in-place, the package.json names files where they lie in the folder of the project. This one is not there.",
        "use `mpconvert mip --out DIR`, which writes all files";
    DependencyBeside = "MP607", Warning, "a dependency is another input",
        "Both packages are made by this call, among the sources of their projects. A package.json names another package by its absolute URL or by its name in an index, and neither is known. The package is made without the dependency.",
        "say with --url-base where the other project is served, or write all files with --out and without --in-place";
    BundleDiffers = "MP608", Warning, "two packages of a bundle have the same file",
        "Its contents differ. The package's own file is kept, else that of the dependency that comes first.",
        "do not bundle, or rename one of the files";
    NotForMip = "MP609", Error, "a package.json is not for mip",
        "The file lists no files for mip: it may be that of a JavaScript project, or damaged.",
        "overwrite it with --force, or use `mpconvert mip --out DIR`";
    KeyDropped = "MP610", Warning, "keys of a package.json are dropped",
        "The package.json in the project has keys that are not made from the project's metadata. The file is made anew without them; clients ignore them.",
        "nothing needs to be done";
    DependencyBundled = "MP611", Note, "the files of a dependency are put into the package",
        "Both packages are made by this call. A package.json names another package by its absolute URL or by its name in an index, and neither is known. So the package brings the files of the other one along, and can be installed.",
        "say with --url-base where the results will be served, to have them installed from there";
    SettingsPassedOver = "MP612", Warning, "settings above an input are not used",
        "The pyproject.toml lies above the input and has a table [tool.mpconvert]. Its settings hold only within the repository that the input lies in, or within your home, and outside of both only in the innermost project. They do not hold if the file belongs to another user, who may have no more than the right to write into a folder above your files.",
        "name the project with --project if you trust it, or pass --no-project";

    InvalidPackageJson = "MP701", Error, "invalid package.json",
        "A package.json lists files as pairs of target and source, and dependencies as pairs of name and version. MicroPython's clients crash at anything else, and install targets such as `../x` outside of their folder.",
        "correct the file, or have it made by `mpconvert mip`";
    InvalidIndex = "MP702", Error, "invalid index.json",
        "The index.json of an index lists its packages with their versions, in version 2 of its form.",
        "check the address of the index, or make the index with `mpconvert index`";
    HashDiffers = "MP703", Error, "a file differs from its hash",
        "An index names the SHA-256 of its files; one for mip, its first digits. What lies at the place is something else: damaged, exchanged, or not whole. It is not taken, while clients of mip install it without a look.",
        "try again; if it stays, tell who runs the index";
    VersionsCollide = "MP705", Warning, "one package in two versions",
        "Two of the packages depend on different versions of a third. Clients install both into one place, one over the other, and so the files of the last count.",
        "let all depend on one version";
    UnsafeReference = "MP706", Error, "a package names a place that it must not",
        "A name, version or file of a package would lead out of the index or out of the folder of its package.json, or to what no client fetches.",
        "correct the package.json";
    StaleCopy = "MP707", Warning, "a kept copy is used",
        "With --offline, what was fetched earlier counts. It may have changed since.",
        "run without --offline";
    TooManyPackages = "MP708", Error, "packages bring too much",
        "Reading of packages and their dependencies stops at a limit, so that a hostile index can fill neither memory nor disk.",
        "check what the package depends on";
    NotThere = "MP709", Error, "a package or file is not there",
        "What a package, a dependency or a command asks for is not at its place. An index has each package in its forms: `py` is source code, and a number is bytecode of that version.",
        "check the spelling, the version and the index";

    VersionPublished = "MP710", Error, "the version is published with other content",
        "A version that an index once had may be on devices. It does not change: what was added first stays, and nothing of the new one is taken.",
        "give the release another version, or replace the published one with --replace";
    VersionReplaced = "MP711", Warning, "a published version is replaced",
        "Devices that have the version installed do not notice, and two of them may now differ under one version.",
        "give the next change a version of its own";
    UnfitForIndex = "MP712", Error, "a name or version cannot stand in an index",
        "The name and the version of a package are parts of a path and of a URL that no client encodes, and mpremote takes a name that ends in `.json` for a local file.",
        "publish the project under a plain name and version";
    StrangeInIndex = "MP713", Warning, "a file that no client asks for",
        "Clients read package/{form}/{name}/{version}.json and file/{two digits}/{digits} only. The form is `py` or the major version of the bytecode.",
        "remove the file if it is of no use to you";
    LinkInIndex = "MP714", Error, "a link in an index",
        "Links are not followed, since they may lead out of the index. It is neither read nor changed.",
        "replace the link by what it points to";
    FileMissing = "MP715", Error, "a file of a package is missing",
        "Clients break off the installation where a file is not found, and leave the package half installed.",
        "add the release again with --replace, or remove it with `mpconvert index remove`";
    FileDamaged = "MP716", Error, "a file has other content than its name says",
        "Files are named by the first digits of their SHA-256. Clients do not check what they load, and load it again at each installation.",
        "remove the file and add the release again with --replace";
    LatestWrong = "MP717", Error, "latest.json is not that of the latest version",
        "The latest version is the highest by PEP 440, and no pre-release while there is a final one.",
        "add any release of the package, which puts it right";
    LatestDiffers = "MP718", Warning, "latest.json differs from the file of its version",
        "The official builder replaces latest.json at each build, and never the file of a version. Who names the version gets other files than who names none.",
        "give changed files a version of their own";
    IndexDisagrees = "MP719", Error, "index.json and the packages disagree",
        "Tools read index.json, clients read the packages. What only one of them names is found by half of the users.",
        "add or remove any release of the package, which puts it right";
    DependencyMissing = "MP720", Error, "a dependency is missing in the index",
        "Clients look every dependency up in the same index and in the same form, and break off the installation where one is missing.",
        "add it to the index, with --base-index if another index has it";
    FormMissing = "MP721", Warning, "a dependency is missing in a form",
        "A client that asks for bytecode asks for all dependencies as bytecode of the same version.",
        "add the dependency again, with the same compilers";
    NotInIndex = "MP722", Error, "the index has no such package or version",
        "Packages are named as the index spells them, and versions by two equal signs: `foo==1.0`.",
        "see what there is with `mpconvert index list`";
    StillNeeded = "MP723", Error, "another package depends on it",
        "Without it, the installation of the other one breaks off.",
        "remove the other one too, or say --force";
    Unfinished = "MP724", Warning, "a change of the index was interrupted",
        "What clients read is whole. The next change completes this one, or throws away what it left.",
        "run `mpconvert index gc`";
    Orphan = "MP725", Note, "a file that no package names",
        "It is left from a release that was removed or replaced, or from a run that was killed. Clients in the middle of an installation may still ask for it.",
        "remove such files with `mpconvert index gc`";
    CircleInIndex = "MP726", Error, "packages of an index depend on each other in a circle",
        "mip follows each dependency again and again until it runs out of memory.",
        "replace one of the releases by one without the dependency, or remove it";

    ManifestInvalid = "MP730", Error, "invalid manifest.py",
        "A manifest.py calls the functions `metadata`, `package`, `module`, `require`, `include`, `add_library` and `freeze`. A firmware build would stop at this call, too.",
        "correct the line";
    ManifestComputed = "MP731", Error, "a manifest.py is not written out",
        "A manifest.py is a program. It is read here and never run: only calls at the top of the file, with literals as arguments, tell what they mean.",
        "write the call out, without variables, conditions and loops";
    ManifestOutside = "MP732", Error, "a manifest.py reaches outside of its folder",
        "Only files below the manifest, or in the git repository that it lies in, become part of the package. What `$(PORT_DIR)` and the like stand for, only a firmware build knows.",
        "move the files below the manifest";
    ManifestSkipped = "MP733", Warning, "a line of a manifest.py is skipped",
        "The line is no call of a function of manifests, or it includes a manifest of the firmware by `$(PORT_DIR)` and the like, whose modules a device has already.",
        "check the files with `mpconvert inspect`";
    ManifestEmpty = "MP734", Warning, "a call in a manifest.py names no file",
        "A folder that is named has no file of the kind that the call takes. A firmware build says nothing of it and freezes nothing.",
        "correct the folder's name, or remove the line";
    ManifestLibrary = "MP735", Note, "a dependency comes from a library beside the manifest",
        "The manifest requires a package of a library in its own folder. A client asks its index for that name.",
        "publish that package, too";
    FrozenBytecode = "MP736", Error, "compiled modules are not frozen",
        "Bytecode fits one version of firmware. The build of a firmware compiles the modules that it freezes itself, from source code.",
        "freeze the package's source code, or leave them out with --exclude";
    FrozenData = "MP737", Warning, "data files cannot be frozen",
        "A firmware holds modules and no files. Those of a package become a resource module `R.py`; files outside of packages, and those beside a module `R.py` of the project's own, are left out.",
        "move the files into the package that reads them, or copy them to the device";
    FrozenName = "MP738", Error, "a name that a manifest cannot have",
        "The build of a firmware takes a `manifest.py` in any folder of a package's name for that of the package. A module of that name in such a place, or a package that is called like the folder of the results, would be mistaken for it.",
        "rename the module, or give another folder with --out";
    FrozenTwice = "MP739", Error, "two packages for one folder",
        "Each package is frozen in a folder of its name, and manifests require it by that. Two of the packages have the same name, or names that differ only in case, `-`, `_` and `.`.",
        "freeze one of them elsewhere";
    FrozenDiffers = "MP740", Error, "two packages have different files in one place",
        "All frozen modules lie in one tree, where a path can be there only once.",
        "freeze one of the packages, or rename one of the modules";
    FrozenShared = "MP741", Note, "two packages have the same file",
        "It is frozen once, with the first of the packages by name: the build of a firmware stops at a second one.",
        "nothing needs to be done";
    FrozenInstead = "MP742", Warning, "an input is taken in place of a package of the index",
        "A package of the index, which is asked for or which another one depends on, is also given as an input. The input counts, whatever its version.",
        "do not give it as an input if that of the index is meant";
    OutputForeign = "MP743", Error, "something else is in the place of the output",
        "Only folders and files that `mpconvert freeze` has made are replaced, even with --force.",
        "give another folder with --out, or move it away";
    FrozenResources = "MP744", Warning, "data files are frozen as a module",
        "A firmware holds modules and no files. The data of a package are in its resource module `R.py`, by which `pkg_resources` finds them; a program that opens them by their paths finds nothing.",
        "read the data by pkg_resources, or copy the files to the device, too";

    InvalidPage = "MP750", Error, "an index serves no page of a project",
        "The page of a project lists its files in HTML or JSON, by the simple repository API. What the index serves is something else, or of a later version.",
        "check the URL of the index, which often ends in /simple";
    NoHash = "MP751", Warning, "files without SHA-256 are left out",
        "Nobody could tell whether such a file comes as it was published.",
        "ask who runs the index to offer hashes; `pip hash` makes one of a file at hand";
    StrangeLink = "MP752", Note, "links that lead to no file of the web",
        "Files are fetched by http and https only, and their names are one part of a path.",
        "nothing needs to be done";
    InSeveralIndexes = "MP753", Warning, "a project is in several places",
        "Files of a folder or page count beside those of the index. Whoever can put a file there can replace a project by another one of its name.",
        "check that both are the same project";
    YankedTaken = "MP754", Warning, "a withdrawn release is taken",
        "Who published the release withdrew it, often because it is broken. It is taken since just this version was asked for.",
        "ask for another version";
    PassedOver = "MP755", Note, "a newer release is passed over",
        "Who published the release withdrew it, or it has no file that can be read here. A withdrawn release is taken only if just this version is asked for, by two equal signs.",
        "nothing needs to be done";
    OtherPython = "MP756", Note, "a release names the versions of Python that it is for",
        "That says nothing of MicroPython, so that it does not decide what is taken.",
        "try the modules on a device";
    NoSuchProject = "MP757", Error, "no index has the project",
        "The indexes were asked in their order, and none has a project of this name.",
        "check the spelling, and see the indexes with `mpconvert config show`";
    NoSuchRelease = "MP758", Error, "no release is allowed",
        "The project has no release that the requirement allows and that has a file which can be read here. Pre-releases are taken where they are asked for, or where there is nothing else.",
        "allow other versions";
    NothingUsable = "MP759", Error, "a release cannot be taken",
        "Wheels for a platform hold machine code for computers. A release that was withdrawn is taken only if just this version is asked for, by two equal signs.",
        "allow other versions, or look for another project";

    HashUnusable = "MP760", Error, "a hash cannot be verified",
        "Only hashes by SHA-2 are verified. For MD5 and SHA-1, other content of the same hash can be made, so that they do not protect a file, and the length of a hash shows whether it is complete. A hash that is given is never ignored.",
        "give the SHA-256 of the file; `pip hash FILE` prints it";
    HashMissing = "MP761", Error, "a requirement has no hash",
        "Where one requirement has a hash, all need one, with all dependencies, as with `pip install --require-hashes`. Otherwise the file without a hash could be exchanged, and the other hashes would protect nothing.",
        "add the requirement with --hash to the requirements file; `pip-compile --generate-hashes` and `uv pip compile --generate-hashes` write such files";
    NotPinned = "MP762", Error, "a requirement with a hash is not pinned",
        "A hash is that of one file. Where requirements have hashes, each names its version by two equal signs or gives the URL of an archive, as with `pip install --require-hashes`.",
        "write `name==version` before the hash";
    UrlFragment = "MP763", Error, "a part of a URL is not supported",
        "Behind the `#` of the URL of an archive there may be hashes such as `sha256=DIGITS` and the name of the project as `egg=NAME`. Anything else would change which files are meant, and is not ignored.",
        "remove it, or install from a local copy of the folder";

    VersionsConflict = "MP770", Error, "no versions fit together",
        "Requirements and the dependencies of what they bring exclude each other: whatever versions are chosen, one of them is not met. A device has one copy of each module, so that no two versions can lie beside each other.",
        "widen a constraint, or say name@version in [tool.mpconvert.dependencies]";
    UrlNotMigrated = "MP771", Error, "a dependency is given by URL",
        "What lies at a URL is not what an index publishes: no hash tells whether it is still the same, and nobody knows its versions.",
        "give the dependency by its name, or download it and convert the file";
    TooManyReleases = "MP772", Error, "the dependencies bring too much",
        "Finding versions that fit together stops at a limit, so that hostile or endless dependencies cannot keep it busy.",
        "pin the versions of what you need";
    InvalidLock = "MP773", Error, "invalid lock",
        "The lock is no TOML, or has other keys or another version than this program writes.",
        "make it again with `mpconvert lock`";
    LockDiffers = "MP774", Error, "the lock does not fit",
        "With --locked, exactly what is locked is taken. The requirements, the target, what an index serves, or this program are not what they were when the lock was made.",
        "make it again with `mpconvert lock`, and look at what changed";
    HashUnused = "MP775", Warning, "a hash that nothing is held against",
        "The requirement allows only files with certain hashes. What counts instead of the project is no such file: a package of micropython-lib, or what the firmware has.",
        "to take the project itself, give it its own name in [tool.mpconvert.dependencies]";
    NotLocked = "MP776", Warning, "packages that the lock does not pin",
        "Packages of micropython-lib take the place of projects, and without the index of such packages their versions are not known. Each device gets those of the day on which it installs them.",
        "name the index by --index, and lock again";

    OtherVersionInstalled = "MP780", Error, "an installed package needs another version",
        "The package was installed before and stays. It needs a version that does not fit what is asked for now, so that it would not work any more.",
        "name both in one call, so that versions are found that fit together; remove the one that stays; or say --force";
    HeldBack = "MP781", Note, "an installed package holds a version back",
        "There is a newer version, which a package does not allow that was installed before and stays.",
        "to get the newer one, install the other package again in the same call, or remove it";
    OtherVersionNeeded = "MP782", Warning, "a package needs another version of one that is installed",
        "Somebody said --force. The package may not work with what is there.",
        "install the package again, which brings a version that fits";
    InstalledServes = "MP783", Note, "an installed package serves",
        "No index has the project. It was installed before, such as from a file, and stays as it is.",
        "nothing needs to be done";
    OtherProject = "MP784", Error, "an archive is of another project",
        "A requirement gives the URL of an archive, and the metadata in it have another name.",
        "correct the name or the URL";

    InvalidRecord = "MP790", Error, "the record of an installation is damaged",
        "What is installed in a folder is written down in `.mpconvert/installed.json` there. This file is none of this program, or of a later version of it.",
        "use a current version; or remove the file and install again: files that are there already are taken as they are";
    FileInTheWay = "MP791", Error, "a file is in the way that no package brought",
        "Where the file of a package would go there is another one, which is not overwritten.",
        "move it away, or overwrite it with --force";
    FileChanged = "MP792", Error, "an installed file was changed",
        "Since its installation the file was changed, and the package has another content for it now.",
        "move it away, or overwrite it with --force";
    ChangedFileKept = "MP793", Warning, "a changed file is kept",
        "The file is not what was installed. It is left as it is.",
        "overwrite or remove it with --force";
    PackagesCollide = "MP794", Error, "two packages install the same file or module",
        "The packages have different contents for one path: on a device that installs both, the one that comes last counts. Or both have a module of one name, of which only one can be imported, whatever is installed last: a folder comes before NAME.py, and that before NAME.mpy.",
        "leave out one of the packages, or install both with --force";
    PathOccupied = "MP795", Error, "a path of the tree cannot be written",
        "Where a file would go there is a folder, a link or something else, or on the way to it is what is no folder. Links are not followed: they may lead out of the tree.",
        "move it away";
    NotInstalled = "MP796", Error, "no such package is installed",
        "The name is none of those in the record of the folder.",
        "see what there is with `mpconvert list`";
    StillUsed = "MP797", Error, "another installed package needs it",
        "Without it, the other one cannot be imported.",
        "remove the other one too, or say --force";
    InstallInterrupted = "MP798", Warning, "an installation was interrupted",
        "An earlier run was stopped in the middle. The next one that changes the folder first restores what was there before.",
        "install or remove any package, which puts it right";
    InstalledFileLost = "MP799", Warning, "an installed file is missing or changed",
        "The file is not what was installed.",
        "install the package again, which brings back what is missing, and with --force what was changed";
}

impl Code {
    /// The code whose number is `id`, in any case.
    ///
    /// ```
    /// assert_eq!(mpconvert::Code::find("mp501"), Some(mpconvert::Code::NativeCode));
    /// ```
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::find(&id).ok_or_else(|| serde::de::Error::custom(format!("no code: {id}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_texts_are_written_alike() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].id() < pair[1].id()));
        for code in Code::ALL {
            assert!(code.explanation().ends_with('.'), "{}", code.id());
            assert!(!code.title().ends_with('.') && !code.help().ends_with('.'), "{}", code.id());
        }
    }
}
