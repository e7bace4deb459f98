//! Outputs: `MP6xx`.

macro_rules! output {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    OutputDiffers = "MP601", Error, "the output exists and differs",
        "not overwritten, because there is {found}",
        "A published release does not change, so mpconvert does not overwrite an existing file.",
        "overwrite it with --force";
    WindowExceeded = "MP602", Error, "the output needs a window larger than 4 KiB",
        "devices cannot unpack the output: found {found}[, expected {expected}]",
        "Devices unpack with a window of 4096 bytes. mpconvert checks each output before it writes it, and this one failed the check.",
        "report this as a bug in mpconvert, with the input";
    OutOfDate = "MP603", Error, "the output is out of date",
        "the output is out of date: found {found}[, expected {expected}]",
        "With --check, mpconvert compares the existing output with the one it would write, and writes nothing.",
        "update the output by running the command without --check";
    UrlsNeedVersion = "MP604", Note, "older clients do not support the URLs",
        "older clients do not support {found}[, which need {expected}]",
        "MicroPython supports relative URLs in a package.json from version 1.25, and URLs that start with `codeberg:` from 1.29. mpremote supports them from the same versions, whatever runs on the board.",
        "for older clients, use absolute URLs with --url-base";
    UrlNotLocal = "MP605", Warning, "a file can only be installed over HTTP",
        "mpremote cannot find the file from a local package.json: found {found}[, expected {expected}]",
        "The path contains a character that must be percent-encoded in a URL. mpremote uses the URLs of a local package.json as file names without decoding them, so it does not find this file. It can install the package from a web server.",
        "rename the file, or copy the files with `mpconvert mip --out DIR`";
    NoSource = "MP606", Error, "a file is not in the project",
        "the project does not contain the file: found {found}[, expected {expected}]",
        "With --in-place, the package.json refers to the files in the project's folder. This file is not there.",
        "use `mpconvert mip --out DIR`, which writes all files";
    DependencyBeside = "MP607", Warning, "a dependency is another input",
        "left out, because the package has no URL yet: found {found}",
        "You convert both packages in one run, next to the sources of their projects. A package.json can only refer to another package by its absolute URL or by its name in an index, and neither is known. The package is made without the dependency.",
        "set the URL of the other project with --url-base, or write all files with --out and without --in-place";
    BundleDiffers = "MP608", Warning, "two packages of a bundle contain different files of one name",
        "kept the file of the first package: found {found}",
        "If the package itself has the file, that one is kept. Otherwise, the one of the first dependency is kept.",
        "do not bundle the packages, or rename one of the files";
    NotForMip = "MP609", Error, "a package.json is not for mip",
        "not overwritten, because this is {found}",
        "The file lists no files for mip. It may belong to a JavaScript project, or be damaged.",
        "overwrite it with --force, or use `mpconvert mip --out DIR`";
    KeyDropped = "MP610", Warning, "keys of a package.json are dropped",
        "the new package.json drops the keys {found}",
        "The package.json in the project has keys that do not come from the project's metadata. mpconvert writes the file again without them. Clients ignore them.",
        "you do not need to do anything";
    DependencyBundled = "MP611", Note, "the files of a dependency are included in the package",
        "included the files of {found}, because it has no URL yet",
        "You convert both packages in one run. A package.json can only refer to another package by its absolute URL or by its name in an index, and neither is known. So the package includes the files of the other one.",
        "if you want to keep the packages separate, set their URL with --url-base";
    SettingsPassedOver = "MP612", Warning, "settings above an input are ignored",
        "the settings are ignored, because this is {found}",
        "The pyproject.toml is in a folder above the input and has a table [tool.mpconvert]. Its settings only apply within the repository of the input or within your home, and outside of both only in the innermost project. They never apply if the file belongs to another user, because anyone with write access to a folder above your files could put one there.",
        "if you trust the project, set it with --project; otherwise, use --no-project";

    } } };
}
