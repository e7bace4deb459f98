//! Projects of a package index, hashes, and versions that fit together: `MP75x` to `MP77x`.

macro_rules! projects {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    InvalidPage = "MP750", Error, "the index returned an invalid page",
        "cannot read the page of the project: {found}",
        "The page of a project lists its files in HTML or JSON, as the simple repository API describes. The response of the index is something else, or a later version of the API.",
        "check the URL of the index, which often ends with /simple";
    NoHash = "MP751", Warning, "files without a SHA-256 are left out",
        "left out files: {found}",
        "Without a hash, mpconvert cannot check that it downloads the file that was published.",
        "ask the operator of the index to provide hashes; `pip hash` computes the hash of a local file";
    StrangeLink = "MP752", Note, "links of a page are skipped",
        "skipped links: {found}",
        "mpconvert downloads files only over http and https, and the file name must be a single part of a path.",
        "you do not need to do anything";
    InSeveralIndexes = "MP753", Warning, "a project is in several places",
        "the project is {found}",
        "mpconvert uses the files of the folder or page together with those of the index. Anyone who can add files to one of them can replace the project by another one of the same name.",
        "check that both contain the same project";
    YankedTaken = "MP754", Warning, "a yanked release is used",
        "used a yanked release: {found}",
        "The maintainers yanked the release, often because it is broken. mpconvert only uses it because you asked for exactly this version.",
        "ask for another version";
    PassedOver = "MP755", Note, "a newer release is skipped",
        "skipped a newer release: {found}",
        "The newer release was yanked, or has no file that mpconvert can read. A yanked release is only used if you ask for exactly this version, with two equals signs.",
        "you do not need to do anything";
    OtherPython = "MP756", Note, "a release requires certain versions of Python",
        "the release requires {found}, which is ignored for MicroPython",
        "The requirement is about CPython, so mpconvert ignores it when it chooses a release.",
        "test the modules on a device";
    NoSuchProject = "MP757", Error, "no index has the project",
        "cannot find the project: {found}",
        "mpconvert asked the indexes in their order, and none of them has a project of this name.",
        "check the spelling, and see the indexes with `mpconvert config show`";
    NoSuchRelease = "MP758", Error, "no release satisfies the requirement",
        "no release satisfies the requirement: found {found}[, expected {expected}]",
        "No release of the project satisfies the requirement and has a file that mpconvert can read. Pre-releases are used if you ask for them, or if there is nothing else.",
        "allow other versions";
    NothingUsable = "MP759", Error, "a release cannot be used",
        "cannot use the release: found {found}[, expected {expected}]",
        "Wheels for a platform contain machine code for computers. A yanked release is only used if you ask for exactly this version, with two equals signs.",
        "allow other versions, or look for another project";

    HashUnusable = "MP760", Error, "a hash cannot be verified",
        "cannot verify the hash: found {found}[, expected {expected}]",
        "mpconvert verifies SHA-2 hashes. With MD5 and SHA-1, other content with the same hash can be made, so these hashes do not protect a file. mpconvert never ignores a hash, and checks that its length is right.",
        "give the SHA-256 of the file; `pip hash FILE` prints it";
    HashMissing = "MP761", Error, "a requirement has no hash",
        "the requirement has {found}",
        "If one requirement has a hash, all requirements and their dependencies need one, as with `pip install --require-hashes`. Otherwise, a file without a hash could be replaced, and the other hashes would not protect anything.",
        "add the requirement with --hash to the requirements file; `pip-compile --generate-hashes` and `uv pip compile --generate-hashes` write such files";
    NotPinned = "MP762", Error, "a requirement with a hash is not pinned",
        "the requirement is not pinned: found {found}[, expected {expected}]",
        "A hash belongs to one file. If requirements have hashes, each must give its version with two equals signs or the URL of an archive, as with `pip install --require-hashes`.",
        "write `name==version` before the hash";
    UrlFragment = "MP763", Error, "a part of a URL is not supported",
        "cannot use this URL: found {found}[, expected {expected}]",
        "After the `#`, the URL of an archive can have hashes such as `sha256=DIGITS` and the name of the project as `egg=NAME`. Anything else would change the meaning of the URL, so mpconvert does not ignore it.",
        "remove that part, or install from a local copy of the folder";

    VersionsConflict = "MP770", Error, "the requirements conflict",
        "{found}",
        "There are no versions that satisfy all requirements and the dependencies of their packages. A device has one copy of each module, so it cannot have two versions at the same time.",
        "widen a constraint, or set NAME@VERSION in [tool.mpconvert.dependencies]";
    UrlNotMigrated = "MP771", Error, "a dependency has a URL",
        "cannot install from a URL: found {found}[, expected {expected}]",
        "Unlike a release in an index, the file at a URL has no hash and no list of versions.",
        "use the name of the dependency, or download the file and convert it";
    TooManyReleases = "MP772", Error, "there are too many dependencies",
        "there are too many dependencies: found {found}",
        "The search for versions stops at a limit, so that hostile or endless dependencies cannot keep it busy.",
        "pin the versions that you need";
    InvalidLock = "MP773", Error, "the lockfile is invalid",
        "cannot read the lockfile: found {found}[, expected {expected}]",
        "The lockfile is not TOML, or has keys or a version that this version of mpconvert does not support.",
        "create it again with `mpconvert lock`";
    LockDiffers = "MP774", Error, "the lockfile is out of date",
        "the lockfile is out of date: found {found}[, expected {expected}]",
        "With --locked, mpconvert uses exactly the versions and files in the lockfile. The requirements, the target, the files in the index, or mpconvert itself have changed since it was created.",
        "create it again with `mpconvert lock`, and review the changes";
    HashUnused = "MP775", Warning, "a hash is not used",
        "no file is checked against {found}",
        "The requirement only allows files with certain hashes. mpconvert uses no such file for the project, but a package of micropython-lib or a module of the firmware.",
        "to use the project itself, set its own name in [tool.mpconvert.dependencies]";
    NotLocked = "MP776", Warning, "the lockfile does not pin all packages",
        "not locked: found {found}[, expected {expected}]",
        "Packages of micropython-lib replace projects, and without their index mpconvert does not know their versions. Each device gets the newest versions at the time of the installation.",
        "set the index with --index, and lock again";
    LineSkipped = "MP777", Warning, "a line of a requirements file is not used",
        "not used: {found}",
        "mpconvert uses the requirements and hashes of a requirements file. The folder of a project has to be converted by itself, and the package indexes are those of the call.",
        "convert the project with `mpconvert PATH`, and give package indexes with --index-url and --extra-index-url";
    NothingApplies = "MP778", Error, "nothing is left of the requirements",
        "nothing is left to do: found {found}",
        "All lines of the requirements files are skipped, or the environment markers of all requirements are false on MicroPython, so there is nothing to install.",
        "set the target with --python-version or --sys-platform, or correct the requirements";

    } } };
}
