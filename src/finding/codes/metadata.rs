//! Names, versions and other metadata of a release: `MP2xx`.

macro_rules! metadata {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    NoIdentity = "MP201", Error, "the input has no valid name and version",
        "cannot tell which release this is: found {found}, expected {expected}",
        "Neither the metadata nor the file name contains a valid project name and a version that follows PEP 440.",
        "name the file {name}-{version}.tar.gz, or add the metadata";
    IdentityFromFileName = "MP202", Warning, "name and version come from the file name",
        "the archive has no metadata, so the release is {found}",
        "Neither core metadata (PKG-INFO or METADATA) nor the project's configuration contains the name and the version.",
        "build the archive with a current build tool, which writes the metadata";
    IdentityDiffers = "MP203", Warning, "names or versions disagree",
        "names or versions disagree: found {found}, expected {expected}",
        "The metadata and the file name, or the published archive and a wheel built from it, have different names or versions. mpconvert uses the metadata of the published archive.",
        "build the archives again, and do not rename them";
    InvalidMetadata = "MP204", Warning, "the metadata is invalid",
        "the metadata is invalid: found {found}[, expected {expected}]",
        "mpconvert cannot read a field of the core metadata, and leaves it out.",
        "correct the field in the project's configuration";
    InvalidConfiguration = "MP205", Error, "the project's configuration is invalid",
        "cannot read the project's configuration: found {found}[, expected {expected}]",
        "mpconvert cannot read or follow pyproject.toml, setup.cfg or MANIFEST.in, so it knows neither which files are installed nor the dependencies.",
        "correct the file";
    SourcesOfMetadataDiffer = "MP206", Warning, "the metadata of one release differs",
        "archives of one release disagree: found {found}",
        "Archives of one release have different values for the same field. mpconvert uses the value in the wheel.",
        "build all archives of a release at the same time";

    PayloadsDiffer = "MP207", Warning, "two archives of the same kind differ",
        "archives of one release disagree: found {found}",
        "A release has two wheels or two source distributions with different content, and mpconvert converts one of them. Among wheels, that is the one for Python 3 with the highest build tag.",
        "build all archives of a release at the same time, or convert only the archive that you want";
    MetadataUncertain = "MP208", Warning, "some metadata is only known when the project is built",
        "left out of the metadata: {found}",
        "A field of the core metadata is computed by the build, such as a version that comes from version control, or an argument of setup() that is not a literal. mpconvert does not run the project's code to find the value.",
        "use --build to run the project's build tool";
    VersionDiffers = "MP209", Error, "the project has another version",
        "the project has another version: found {found}, expected {expected}",
        "The option --version is for projects whose configuration does not say the version. This one says another.",
        "leave out --version, or change the version in the project's configuration";

    } } };
}
