//! Packages of mip and their indexes: MP701 to MP729.

macro_rules! index {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    InvalidPackageJson = "MP701", Error, "a package.json is invalid",
        "cannot read the package.json: found {found}[, expected {expected}]",
        "A package.json lists files as pairs of target and source, and dependencies as pairs of name and version. MicroPython's clients crash on anything else, and write to targets such as `../x` outside of the installation folder.",
        "correct the file, or make it with `mpconvert mip`";
    InvalidIndex = "MP702", Error, "an index.json is invalid",
        "cannot read the index.json: found {found}[, expected {expected}]",
        "The index.json of an index lists its packages and their versions, in version 2 of the format.",
        "check the address of the index, or make the index with `mpconvert index`";
    HashDiffers = "MP703", Error, "a file does not match its hash",
        "the file does not match its hash: found {found}[, expected {expected}]",
        "An index publishes the SHA-256 of its files, and an index for mip its first digits. The file is damaged, incomplete or was replaced. mpconvert does not use it; clients of mip do not check and would install it.",
        "try again; if the problem remains, contact the operator of the index";
    IndexUnreachable = "MP704", Warning, "micropython-lib's index cannot be reached",
        "the index cannot be reached; {found} in this program says what it has",
        "mpconvert contains a list of the packages and versions in micropython-lib's index. It uses the list to answer what exists while the index cannot be reached. Packages that were added since are not found, and files cannot be downloaded.",
        "check the network, or set another index with --index (`none` for no index)";
    VersionsCollide = "MP705", Warning, "a package is needed in two versions",
        "a device can only have one version: found {found}[, expected {expected}]",
        "Two packages depend on different versions of a third one. Clients install both versions to the same place, and the files of the last one remain.",
        "make all packages depend on one version";
    UnsafeReference = "MP706", Error, "a reference in a package is unsafe",
        "the package refers to an unsafe place: found {found}[, expected {expected}]",
        "A name, version or file of the package leads out of the index or out of the folder of its package.json, or to a place that no client can fetch from.",
        "correct the package.json";
    StaleCopy = "MP707", Warning, "a cached copy is used",
        "used {found}, which may be out of date",
        "With --offline, mpconvert uses copies from the cache. The original may have changed since.",
        "run without --offline";
    TooManyPackages = "MP708", Error, "the packages are too large",
        "the packages are too large: found {found}[, expected {expected}]",
        "Reading stops at a limit, so that a hostile index cannot fill the memory or the disk.",
        "check what the package depends on";
    NotThere = "MP709", Error, "a package or file does not exist",
        "cannot find the package or file: found {found}[, expected {expected}]",
        "A package, a dependency or a command refers to something that does not exist. An index stores each package in several variants: `py` is source code, and a number is bytecode of that version.",
        "check the spelling, the version and the index";

    VersionPublished = "MP710", Error, "the version is already published with different content",
        "the version is already published: found {found}[, expected {expected}]",
        "A version in an index never changes, because it may be installed on devices. The published files stay, and nothing of the new release is added.",
        "release a new version, or replace the published one with --replace";
    VersionReplaced = "MP711", Warning, "a published version is replaced",
        "replaced a published version: found {found}",
        "Devices that have the version installed do not get the change, so two devices with the same version may differ.",
        "give the next change a new version";
    UnfitForIndex = "MP712", Error, "a name or version is not valid in an index",
        "an index cannot store this name and version: found {found}[, expected {expected}]",
        "The name and the version of a package are part of a path and of a URL that no client encodes. mpremote treats a name that ends with `.json` as a local file.",
        "publish the project with a name and a version of plain characters";
    StrangeInIndex = "MP713", Warning, "an index contains a file that no client requests",
        "found {found}",
        "Clients only request package/{variant}/{name}/{version}.json and file/{two digits}/{digits}. The variant is `py` or the major version of the bytecode.",
        "remove the file if you do not need it";
    LinkInIndex = "MP714", Error, "an index contains a link",
        "found {found}",
        "mpconvert does not follow links in an index, because they may lead out of it. It does not read or change this one.",
        "replace the link by the file or folder that it points to";
    FileMissing = "MP715", Error, "a file of a package is missing",
        "a file of the package is missing: found {found}[ for {expected}]",
        "Clients stop at a missing file and leave the package half installed.",
        "add the release again with --replace, or remove it with `mpconvert index remove`";
    FileDamaged = "MP716", Error, "a file of an index is damaged",
        "the file does not match its name: found {found}",
        "Files are named by the first digits of their SHA-256. Clients do not check the content, and download a file again at each installation.",
        "remove the file, and add the release again with --replace";
    LatestWrong = "MP717", Error, "latest.json is not the latest version",
        "this is not the latest version: found {found}[, expected {expected}]",
        "The latest version is the highest one according to PEP 440, and a pre-release only if there is no final release.",
        "add any release of the package, which corrects the file";
    LatestDiffers = "MP718", Warning, "latest.json differs from the file of its version",
        "clients get different files with and without the version: found {found}",
        "The official index builder replaces latest.json at each build, but never the file of a version. A client that asks for the version gets different files from a client that does not.",
        "give changed files a new version";
    IndexDisagrees = "MP719", Error, "index.json and the packages disagree",
        "index.json and the packages disagree: found {found}",
        "Tools read index.json and clients read the packages. A package that is only in one of them cannot be found by all users.",
        "add or remove any release of the package, which corrects the file";
    DependencyMissing = "MP720", Error, "a dependency is missing in the index",
        "a dependency is missing in the index: found {found}[, expected {expected}]",
        "Clients look for dependencies in the same index and in the same variant, and stop the installation if one is missing.",
        "add the dependency, with --base-index if another index has it";
    VariantMissing = "MP721", Warning, "a dependency is missing in a variant",
        "clients that ask for bytecode cannot install the dependency: found {found}",
        "A client that asks for bytecode asks for all dependencies as bytecode of the same version.",
        "add the dependency again, with the same compilers";
    NotInIndex = "MP722", Error, "the index has no such package or version",
        "the index has {found}",
        "Write the name of a package as the index spells it, and a version with two equals signs: `foo==1.0`.",
        "list the packages with `mpconvert index list`";
    StillNeeded = "MP723", Error, "another package depends on the release",
        "not removed, because the release is needed by {found}",
        "Without this release, the other package can no longer be installed.",
        "remove the other package too, or use --force";
    Unfinished = "MP724", Warning, "a change of the index was interrupted",
        "the last change of the index was interrupted: found {found}",
        "Clients are not affected. The next change completes the interrupted one, or removes its files.",
        "run `mpconvert index gc`";
    Orphan = "MP725", Note, "no package refers to a file",
        "the file is not needed: found {found}",
        "The file belongs to a release that was removed or replaced, or to an interrupted run. A client in the middle of an installation may still request it.",
        "remove such files with `mpconvert index gc`";
    CircleInIndex = "MP726", Error, "packages of an index depend on each other in a cycle",
        "clients cannot install packages in the cycle {found}",
        "mip follows dependencies until it runs out of memory.",
        "replace one of the releases by one without the dependency, or remove it";

    } } };
}
