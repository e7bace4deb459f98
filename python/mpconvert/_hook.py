"""What every hook does after its build tool has built: convert the archives just made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import mpconvert
from mpconvert._native import printable

# Not from `typing`: a tool that imports its hook and builds nothing shall lose nothing.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mpconvert import Converted, Finding


class BuildFailed(Exception):  # noqa: N818 - says what happened, not that it is an error
    """The conversion failed, in a project whose settings say ``strict = true``.

    The message has a line for each reason, and one of help below it. A hook raises what its tool
    takes for an ordinary failure instead, so that people see the message and no traceback.
    """


def after_build(
    archives: Sequence[Path],
    project: Path,
    say: Callable[[str], object],
    warn: Callable[[str], object],
) -> None:
    """Convert the archives that a tool has just built.

    A conversion that fails is told and the build goes on, whatever the reason is. Only a project
    that has ``strict = true`` in ``[tool.mpconvert]`` fails with it.

    >>> built = [Path("dist/foo_bar-0.1.0.tar.gz"), Path("dist/foo_bar-0.1.0-py3-none-any.whl")]
    >>> after_build(built, Path.cwd(), say=print, warn=print)  # doctest: +SKIP
    dist-micropython/foo_bar-0.1.0.tar.gz

    Args:
        archives: The archives of this build, all of one release.
        project: The folder of the pyproject.toml that holds the settings.
        say: Takes the path of each result, relative to the project where it lies in there.
        warn: Takes each warning and each failure: text of one or more lines, with no end of line.

    Raises:
        BuildFailed: The conversion failed and the project is strict.
    """
    if not archives:
        return
    try:
        # What the tool built it has built anew, so what was made of it then is made anew as well.
        results = mpconvert.convert(archives, project=project, force=True)
    except (KeyboardInterrupt, SystemExit):
        raise
    # A panic of the core is no `Exception`.
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
    """Word what people should know of a result, as the program does."""
    for finding in converted.findings:
        if finding.severity == "warning":
            yield _worded("warning", f"{converted.name} {converted.version}", finding)


def reasons(error: BaseException) -> Iterator[str]:
    """Word why a conversion failed, as the program does."""
    match error:
        case mpconvert.Refused():
            for finding in error.findings:
                if finding.severity == "refusal":
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
    """Shorten the path as far as it stays clear, and make it safe to print."""
    path, project = path.absolute(), project.absolute()
    return printable(path.relative_to(project) if path.is_relative_to(project) else path)


def _is_strict(project: Path) -> bool:
    try:
        from mpconvert._native import is_strict  # noqa: PLC0415 - the core may be what is broken

        return is_strict(project)
    except Exception:  # noqa: BLE001 - what cannot be told is not asked for
        return False
