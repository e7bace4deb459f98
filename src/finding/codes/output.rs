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
    DependencyBundled = "MP611", Note, "the files of a dependency are included in the package",
        "included the files of {found}, because it has no URL yet",
        "You convert both packages in one run. A package.json can only refer to another package by its absolute URL or by its name in an index, and neither is known. So the package includes the files of the other one.",
        "if you want to keep the packages separate, set their URL with --url-base";
    SettingsPassedOver = "MP612", Warning, "settings above an input are ignored",
        "the settings are ignored, because this is {found}",
        "The pyproject.toml is in a folder above the input and has a table [tool.mpconvert]. Its settings only apply within the repository of the input or within your home, and outside of both only in the innermost project. They never apply if the file belongs to another user, because anyone with write access to a folder above your files could put one there.",
        "if you trust the project, set it with --project; otherwise, use --no-project";
    EntryKept = "MP613", Note, "a part of a package.json is kept",
        "kept {found}, of which the project says nothing",
        "The package.json was there before, and somebody may have written this part by hand: a file of the folder or of another place, a dependency, or a key that clients ignore.",
        "remove it from the package.json if you do not need it";
    EntryDropped = "MP614", Warning, "a part of a package.json is dropped",
        "dropped {found}",
        "The older package.json has a part that the project no longer has, or whose source does not exist.",
        "check the package.json before you publish it";
    EntryLost = "MP615", Error, "a part of a package.json would be lost",
        "not overwritten, because it would lose {found}",
        "The package.json names something that the project does not have, and that somebody may have written by hand.",
        "correct the entry, or drop it with --force";
    NotServed = "MP616", Warning, "a git host does not serve a file",
        "clients cannot download the file from the git host, because it is {found}",
        "The package.json refers to the sources of the project. A git host only serves the files that are committed, and serves links and files of Git LFS as something else, so the installation fails or installs the wrong content.",
        "commit the file as it is, exclude it, or use `mpconvert mip --out DIR`, which writes all files";

    } } };
}
