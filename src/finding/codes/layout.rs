//! Which files a project installs, and where: `MP4xx`.

macro_rules! layout {
    ($next:ident $($others:ident)* { $($rows:tt)* }) => { $next! { $($others)* { $($rows)*

    NoLayout = "MP401", Error, "the installed files are unknown",
        "cannot tell which files the project installs: found {found}[, expected {expected}]",
        "The build tool decides which files a source distribution installs, and where. mpconvert tried the rules of all tools that it knows, without running code of the project.",
        "use --build to run the project's build tool, or use its wheel";
    LayoutDiscovered = "MP402", Note, "the installed files come from automatic discovery",
        "the installed files come from automatic discovery, because {found}",
        "The project lists no packages, so mpconvert applied the rules of setuptools' automatic discovery.",
        "check the files with `mpconvert inspect`";
    LayoutUncertain = "MP403", Warning, "the list of installed files may be incomplete",
        "the list of installed files may be incomplete: found {found}[, expected {expected}]",
        "A part of the build configuration only has an effect when it runs, such as a build script or a computed argument of setup().",
        "compare with `mpconvert inspect --build`, or use the project's wheel";
    BuildFailed = "MP404", Error, "the project's build failed",
        "the project's build failed: {found}[, expected {expected}]",
        "With --build, the project's build tool makes a wheel in an isolated environment.",
        "see the output of the build above; the Python that runs it needs the package `build`";
    LayoutDerived = "MP405", Note, "the installed files are derived from the source",
        "there is no wheel, so the installed files are derived {found}",
        "There is no wheel next to the source distribution. mpconvert applied the rules of the project's build tool to find the installed files, without running it.",
        "check the files with `mpconvert inspect`";
    ManifestLineSkipped = "MP406", Warning, "a line of MANIFEST.in is skipped",
        "skipped {found}[, expected {expected}]",
        "The line is not a command, or has the wrong number of arguments. setuptools warns about such a line and continues, and so does mpconvert. Data files may be missing, or there may be too many.",
        "correct the line in MANIFEST.in";

    } } };
}
