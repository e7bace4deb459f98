//! Archives and folders: `MP1xx`.

macro_rules! archive {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    Unreadable = "MP101", Error, "the archive is unreadable",
        "cannot read the archive: {found}[, expected {expected}]",
        "The archive is truncated, damaged or encrypted, or its checksums do not match. No part of it is used, because files may be missing.",
        "download or build the archive again";
    UnsupportedFormat = "MP102", Error, "the format is not supported",
        "cannot read {found}, expected {expected}",
        "mpconvert reads source distributions from .tar.gz, .tgz, .tar.bz2 and .zip archives, and built distributions from .whl files. It does not read eggs and Windows installers, which contain files compiled for one version of CPython.",
        "use the project's wheel or source distribution instead";
    UnsafePath = "MP103", Error, "a path is unsafe",
        "{path} is {found}[, expected {expected}]",
        "The path is absolute, empty or not UTF-8, leads out of the archive with `..`, or contains a backslash or a control character. Clients on devices do not check paths, so such a file could be written anywhere.",
        "build the archive with a current build tool, and do not install this one by other means";
    UnsafeLink = "MP104", Error, "a link leaves the archive or the project",
        "{path} is {found}[, expected {expected}]",
        "mpconvert replaces links within an archive or project by the files that they point to. This link points outside, to a file that does not exist, or to itself.",
        "replace the link by the file";
    DuplicateMember = "MP105", Error, "a path occurs twice with different content",
        "the archive has two different files for one path: {found}",
        "Clients disagree on which of the two files they install.",
        "build the archive again, with each file once";
    TooLarge = "MP106", Error, "the input is too large",
        "the input is too large: found {found}[, expected {expected}]",
        "Reading stops at a limit, so that a small archive cannot fill the memory. Of a project's folder, only the files that the project ships count.",
        "if you trust the input, raise the limit with --max-size";
    TooDense = "MP107", Error, "the compression ratio is too high",
        "the compression ratio is too high: found {found}[, expected {expected}]",
        "The archive unpacks to many times its own size, as decompression bombs do. Reading stops at a limit.",
        "if you trust the archive, raise the limit with --max-ratio";
    TooManyMembers = "MP108", Error, "the input has too many members",
        "the input has too many members: found {found}[, expected {expected}]",
        "Reading stops at a limit, so that a small archive cannot fill the memory. In a project's folder, all files and folders count, except those of version control, environments and caches.",
        "if you trust the input, raise the limit with --max-members";
    SpecialMember = "MP109", Error, "a member is not a file, folder or link",
        "cannot extract {found}[, expected {expected}]",
        "A distribution cannot contain devices, sockets or pipes.",
        "build the archive again from plain files";
    NoRootFolder = "MP110", Error, "the source distribution has no root folder",
        "found {found}, expected {expected}",
        "All members of a source distribution must be in one folder `{name}-{version}/`.",
        "build the archive with a current build tool";
    RepeatedMember = "MP111", Note, "a path occurs twice with the same content",
        "the archive has the same file more than once: {found}",
        "mpconvert keeps one of the copies.",
        "you do not need to do anything";
    UnreadableSource = "MP112", Error, "a file of the project is unreadable",
        "cannot read this file of the project: {found}",
        "The project ships a file or folder that the operating system does not let mpconvert read.",
        "change its permissions, or the files that the project ships";
    TooMuchWork = "MP116", Error, "the input takes too much work",
        "the input takes too much work to read: found {found}[, expected {expected}]",
        "Reading stops after far more steps than real projects need, so that a small input cannot keep the processor busy or fill the memory. Examples are an archive of many thousands of compressed streams, and configuration that is nested thousands of levels deep.",
        "build the archive again with a current build tool, or simplify the part that the message names";

    AmbiguousArchive = "MP120", Error, "the archive is ambiguous",
        "programs would read different files from this archive: {found}[, expected {expected}]",
        "The archive describes a member in two places, such as the local header and the central directory of a zip file, or the header and the extended header of a tar file, and the two differ. Such an archive can hide a file from a review.",
        "build the archive again with a current build tool, and do not install this one by other means";
    DataOutsideArchive = "MP121", Error, "the archive contains data outside of its members",
        "the archive contains data outside of its members: {found}[, expected {expected}]",
        "There are bytes before, between or after the members. Some programs skip them, and others read them as members or as another archive.",
        "build the archive again with a current build tool, and do not install this one by other means";
    RecordDiffers = "MP122", Error, "a file of a wheel does not match its RECORD",
        "the wheel does not match its RECORD: found {found}[, expected {expected}]",
        "RECORD lists the files of a wheel with their hashes and sizes. A file is missing or has different content, or its hash is not one of the kinds that wheels may use: SHA-256, SHA-384 and SHA-512.",
        "download or build the wheel again; if you changed it yourself, repack it with `wheel pack`";
    RecordIncomplete = "MP123", Warning, "RECORD does not list a file of a wheel",
        "the wheel is not completely verified: {found}",
        "RECORD has a line with a hash for every file of a wheel. A file without one may have been added after the wheel was built.",
        "build the wheel again; if you changed it yourself, repack it with `wheel pack`";
    RecordMissing = "MP124", Note, "a wheel has no RECORD",
        "the wheel has no RECORD to verify its files: found {found}",
        "RECORD is missing or empty, so mpconvert cannot verify the files of the wheel. pip refuses to install such a wheel.",
        "build the wheel with a current build tool";
    UnsupportedWheel = "MP125", Error, "the wheel violates the wheel specification",
        "this is not a valid wheel: found {found}[, expected {expected}]",
        "A wheel has one `.dist-info` folder, which is named after the project. It contains a file WHEEL that gives version 1.x of the specification. pip and uv refuse other wheels.",
        "build the wheel with a current build tool";
    NewerWheel = "MP126", Warning, "the wheel uses a newer version of the wheel specification",
        "newer features of the wheel are ignored: found {found}[, expected {expected}]",
        "`Wheel-Version` has a known major version and an unknown minor version. mpconvert ignores features that were added since.",
        "check the files with `mpconvert inspect`";
    NameNotPortable = "MP127", Error, "a file name is not portable",
        "not every file system can store this name: found {found}",
        "The FAT file system, which many boards use, does not allow control characters, the characters `\" * : < > ? \\ |`, or names longer than 255 characters. On Windows, a colon opens a hidden stream of another file, and `CON`, `PRN`, `AUX`, `NUL`, `COM1` to `COM9` and `LPT1` to `LPT9` are devices, with any extension.",
        "rename the file, or leave it out with --exclude PATTERN";
    NamesOverwrite = "MP128", Error, "files overwrite each other on some file systems",
        "one file overwrites another on FAT, Windows and macOS: found {found}",
        "The paths differ only in case, or in dots and spaces at the end of a name, and the contents differ. On a FAT file system, which many boards use, and on Windows and macOS, only one of the files remains.",
        "rename one of the files, or leave it out with --exclude PATTERN";
    NameTrimmed = "MP129", Warning, "a file name ends with a dot or a space",
        "FAT and Windows drop the end of the name: found {found}",
        "The FAT file system and Windows drop dots and spaces at the end of a name, so the program does not find the file there.",
        "rename the file, or leave it out with --exclude PATTERN";

    } } };
}
