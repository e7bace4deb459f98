"""The step that all hooks share: convert the archives that the build tool has just built."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import mpconvert

# Not from `typing`: importing the hook should cost nothing if the tool does not build.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mpconvert import Converted, Finding


class BuildFailed(Exception):  # noqa: N818 - names the event, not the class of error
    """The conversion failed in a project with ``strict = true``.

    The message has a line for each reason, with a line of help below it. Hooks translate it into
    their tool's own kind of failure, so that users see the message without a traceback.
    """


def after_build(
    archives: Sequence[Path],
    project: Path,
    say: Callable[[str], object],
    warn: Callable[[str], object],
) -> None:
    """Convert the archives that a tool has just built.

    If the conversion fails, for whatever reason, the failure is passed to `warn` and the build goes
    on. Only projects with ``strict = true`` in ``[tool.mpconvert]`` fail.

    >>> built = [Path("dist/foo_bar-0.1.0.tar.gz"), Path("dist/foo_bar-0.1.0-py3-none-any.whl")]
    >>> after_build(built, Path.cwd(), say=print, warn=print)  # doctest: +SKIP
    dist-micropython/foo_bar-0.1.0.tar.gz

    Args:
        archives: The archives of this build, all of one release.
        project: The folder of the pyproject.toml with the settings.
        say: Called with the path of each result, relative to the project if it is inside it.
        warn: Called with each warning and each failure: one or more lines, without a final newline.

    Raises:
        BuildFailed: The conversion failed and the project is strict.
    """
    if not archives:
        return
    try:
        # The tool has replaced its own archives, so replace what was made from the earlier ones.
        results = mpconvert.convert(archives, project=project, force=True)
    except (KeyboardInterrupt, SystemExit):
        raise
    # A panic of the core is not an `Exception`.
    except BaseException as error:
        failure = "\n".join(reasons(error))
        if _is_strict(project):
            raise BuildFailed(failure) from error
        warn(f"{failure}\nno archive for MicroPython was made; all else was built")
        return
    for converted in results:
        for text in remarks(converted):
            warn(text)
        if converted.path:
            say(_shown(converted.path, project))


def remarks(converted: Converted) -> Iterator[str]:
    """Format the warnings about a result as the program does."""
    for finding in converted.findings:
        if finding.severity == "warning":
            yield _worded("warning", f"{converted.name} {converted.version}", finding)


def reasons(error: BaseException) -> Iterator[str]:
    """Format the reasons for a failure as the program does."""
    match error:
        case mpconvert.Refused():
            for finding in error.findings:
                if finding.severity == "error":
                    yield _worded("error", error.input, finding)
        case mpconvert.UsageError():
            yield f"error: {error}\n  help: {error.help}"
        case mpconvert.Error():
            yield f"error: {error}"
        case _:
            text = printable(str(error))
            yield f"error: mpconvert itself failed: {type(error).__name__}: {text}"
    for other in getattr(error, "others", ()):
        yield from reasons(other)


def _worded(word: str, subject: str, finding: Finding) -> str:
    # A finding about the subject as a whole names it already.
    text = finding.text if finding.path == subject else f"{printable(subject)}: {finding.text}"
    return f"{word}[{finding.code}]: {text}\n  help: {finding.help}"


def _shown(path: Path, project: Path) -> str:
    """Make the path relative to the project, if it is inside it."""
    path, project = path.absolute(), project.absolute()
    return printable(path.relative_to(project) if path.is_relative_to(project) else path)


def printable(text: str | Path) -> str:
    """Escape what a terminal would obey or not show."""
    try:
        from mpconvert import _native  # noqa: PLC0415 - the core may be what is broken
    except Exception:  # noqa: BLE001 - what an input named gets here through the core only
        return ascii(str(text))[1:-1]
    return _native.printable(text)


def _is_strict(project: Path) -> bool:
    try:
        from mpconvert._native import is_strict  # noqa: PLC0415 - the core may be what is broken

        return is_strict(project)
    except Exception:  # noqa: BLE001 - without readable settings, a project is not strict
        return False
