//! Dependencies, as the clients name them: `MP3xx`.

macro_rules! dependencies {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    ConstraintRemoved = "MP301", Note, "a version constraint is removed",
        "upip installs the newest release, because it does not support the constraint {found}",
        "upip installs the newest release of each dependency. It does not understand version constraints in requires.txt, and the installation would fail.",
        "if the newest release does not work, publish the one that you need under a different name";
    ExtrasRemoved = "MP302", Note, "extras of a dependency are removed",
        "the extras {found} are ignored, because neither upip nor mip supports extras",
        "Neither upip nor mip supports extras: they do not install the dependencies of the extra, and upip stops at the brackets.",
        "depend directly on the packages that the extra would install";
    MarkerFalse = "MP303", Note, "a dependency does not apply to MicroPython",
        "left out, because the dependency is {found}",
        "The environment marker of the dependency is false in the target environment.",
        "if you need it, set the target with --sys-platform or --python-version";
    UrlRequirement = "MP304", Warning, "a dependency has a URL",
        "upip installs the dependency from its index, not from {found}",
        "upip only installs from its index, so mpconvert keeps the name of the dependency and drops the URL.",
        "publish the dependency to an index";
    InvalidRequirement = "MP305", Warning, "a dependency specifier is invalid",
        "cannot read all dependencies: {found}[, expected {expected}]",
        "The line is not a dependency specifier as described in PEP 508. If it starts with a name, mpconvert keeps the name.",
        "correct the dependency in the project's configuration";
    RequirementsDiffer = "MP306", Warning, "the lists of dependencies disagree",
        "the lists of dependencies disagree: {found}",
        "The archive lists its dependencies in several places, and the lists differ when they are evaluated for MicroPython. mpconvert uses the first of: METADATA of a wheel, PKG-INFO, egg-info/requires.txt, the project's configuration.",
        "build all archives of a release at the same time";
    UnknownExtra = "MP307", Warning, "an extra does not exist",
        "the release does not have {found}[, expected {expected}]",
        "The release does not declare the extra that you asked for.",
        "list the extras with `mpconvert inspect`";
    RepeatedRequirement = "MP308", Note, "a dependency is listed more than once",
        "kept once, because the dependency is {found}",
        "mpconvert keeps the dependency once.",
        "you do not need to do anything";
    OwnRequirement = "MP309", Note, "the project depends on itself",
        "left out, because the dependency is {found}",
        "upip would install the project twice, and mip would never finish.",
        "you do not need to do anything";

    DependencyRenamed = "MP310", Note, "a dependency has a different name on the device",
        "the settings rename the dependency, which is {found}",
        "The setting `dependencies` gives the name of the dependency in the device's index, or the place to install it from.",
        "see `dependencies` in `mpconvert config show`";
    DependencyDropped = "MP311", Note, "a dependency is dropped",
        "the settings drop the dependency: {found}",
        "The setting `dependencies` says that the device does not need the dependency, or already has it.",
        "see `dependencies` in `mpconvert config show`";

    NameTranslated = "MP312", Note, "a dependency is now a package of micropython-lib",
        "the dependency is {found}",
        "On PyPI, the packages of micropython-lib had names such as `micropython-logging`. In the index of mip, they are named after their modules and have different versions.",
        "if you mean another package, name it in [tool.mpconvert.dependencies]";
    BuiltIn = "MP313", Note, "a dependency is built in",
        "left out, because the firmware contains the module: {found}",
        "The module is now a part of the firmware. A copy would waste space, and could hide the better implementation.",
        "if your firmware lacks the module, name a package in [tool.mpconvert.dependencies]";
    Placeholder = "MP314", Warning, "a dependency was an empty placeholder",
        "left out, because the package was a placeholder: {found}",
        "Many packages of micropython-lib on PyPI contained an empty module, so that importing it did not fail. mpconvert leaves them out. Unless the import is guarded with `except ImportError`, it fails on the device.",
        "name a package with the module in [tool.mpconvert.dependencies], or `false` if you do not need it";
    PlaceForUpip = "MP315", Warning, "upip cannot install from a place",
        "upip installs the dependency from its index, not from {found}",
        "The settings give a place for the dependency. upip only supports names, so mpconvert keeps the declared one.",
        "publish the dependency to the index that upip uses";
    Unresolved = "MP316", Error, "a dependency is not available",
        "not available: {found}, so importing it would fail on the device",
        "mpconvert knows no package for the dependency. Without it, importing the dependency fails on the device.",
        "add it to the index with `mpconvert index add`, which can copy it from another index with --base-index, set another package or `false` in [tool.mpconvert.dependencies], or give --allow-missing NAME";
    NoVersion = "MP317", Error, "no version of a dependency satisfies its constraints",
        "no version satisfies the constraints: {found}",
        "mip does not support version ranges, so mpconvert pins each dependency to the newest version in the index that satisfies its constraints. There is none.",
        "widen the constraint, add a version to the index, set NAME@VERSION in [tool.mpconvert.dependencies], or give --allow-missing NAME";
    ConstraintUnchecked = "MP318", Warning, "a version constraint was not checked",
        "mip installs the newest version, which may not satisfy {found}",
        "mip does not support version ranges. Without an index (`--index none`), mpconvert cannot pin a version, and mip takes the newest one when it installs the package.",
        "give the index with --index";
    IndexUnchecked = "MP319", Warning, "a dependency may not be in the index",
        "the dependency may not be in the index of the device: {found}",
        "You did not name an index, and the dependency is not a package of micropython-lib. If the device's index does not have it either, the installation fails.",
        "give the index with --index, or set a place in [tool.mpconvert.dependencies]";
    LatestNotAllowed = "MP320", Warning, "the newest version of a dependency violates its constraint",
        "mip installs a version that the constraint excludes: {found}",
        "With `--deps latest`, mip takes the newest version when it installs the package. A constraint excludes the one that is the newest now.",
        "use --deps pin";
    RepositoryRequirement = "MP321", Warning, "a dependency is a repository",
        "mip needs a package.json in the repository {found}",
        "mip installs the files that the package.json of a repository lists, and nothing if there is none.",
        "make a package.json there with `mpconvert mip --in-place`, or set a package in [tool.mpconvert.dependencies]";
    UrlForMip = "MP322", Warning, "mip cannot install from a dependency's URL",
        "mip installs the dependency from its index, not from {found}",
        "mip downloads single files, and repositories at the hosts that it knows. It does not unpack archives, so mpconvert keeps the name of the dependency and drops the URL.",
        "add the dependency to the index with `mpconvert index add`, or set a place in [tool.mpconvert.dependencies]";
    DependencyCycle = "MP323", Warning, "packages depend on each other in a cycle",
        "left out the dependency that closes the cycle {found}",
        "Clients follow dependencies until they run out of memory. mpconvert leaves out the dependency that closes the cycle, so installing only the package that declares it does not install the dependency.",
        "move the code that both packages need into a third package";
    NewerPython = "MP324", Warning, "a dependency is for a newer Python",
        "left out, because the dependency is {found}",
        "The environment marker of the dependency requires a newer Python than the one that markers are evaluated for.",
        "if you need it, set a newer version with --python-version";
    DependencyAdded = "MP325", Note, "the settings add a dependency",
        "the settings add the dependency, which is {found}",
        "The setting `dependencies` names a package that the project does not declare. The device gets it, and computers do not.",
        "see `dependencies` in `mpconvert config show`";
    NoSuchDependency = "MP326", Warning, "a setting is for no declared dependency",
        "the project does not declare a dependency of this name: the setting is {found}",
        "A setting in [tool.mpconvert.dependencies] with the value `false` drops a declared dependency, and has no effect for other names. A name that is almost a declared one may be misspelled.",
        "correct the name, or remove the setting";
    NamesakeUsed = "MP327", Warning, "a package of micropython-lib is used instead of a project of the same name",
        "the constraint is not met: {found}",
        "micropython-lib reimplements some projects under the same name, with fewer features and versions of its own, which a constraint on the project does not fit.",
        "to get the project itself, write `pypi:NAME` on the command line or in [tool.mpconvert.dependencies]";
    DependencyRefused = "MP328", Warning, "a dependency was refused",
        "left out: {found}, so importing it will fail on the device",
        "The dependency was refused in the same run, so the package is made without it. Importing the dependency fails on the device.",
        "correct what the error about the dependency names, and run again";
    MissingAllowed = "MP329", Warning, "an unavailable dependency is left out",
        "left out as allowed, so importing it will fail on the device: {found}",
        "The setting `allow-missing` names the dependency, so the package is made without it.",
        "make sure that the device does not need it, or that something else provides it";
    CopyIncomplete = "MP330", Warning, "a copied package lacks a dependency",
        "copied without a dependency: {found}, so importing it will fail on the device",
        "A package that was copied from another index depends on a package that this index does not have either.",
        "add the dependency to the index with `mpconvert index add`";

    } } };
}
