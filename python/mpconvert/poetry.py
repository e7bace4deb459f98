"""The plugin for Poetry: every ``poetry build`` also leaves an archive for MicroPython.

Install it with ``poetry self add mpconvert``, or require it in
``[tool.poetry.requires-plugins]``:

    $ poetry build
    Building foo-bar (0.1.0)
      - Built foo_bar-0.1.0.tar.gz
      - Built foo_bar-0.1.0-py3-none-any.whl
      - Built dist-micropython/foo_bar-0.1.0.tar.gz
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cleo.events.console_command_event import ConsoleCommandEvent
from cleo.events.console_event import ConsoleEvent
from cleo.events.console_events import COMMAND, TERMINATE
from cleo.events.console_terminate_event import ConsoleTerminateEvent
from cleo.events.event_dispatcher import EventDispatcher
from cleo.exceptions import CleoUserError
from cleo.formatters.formatter import Formatter
from poetry.console.application import Application
from poetry.plugins.application_plugin import ApplicationPlugin

#: Changes when a file is written again: its modification time and its inode.
State = tuple[int, int]


class Plugin(ApplicationPlugin):
    """Converts the archives of ``poetry build``, also as part of ``poetry publish --build``.

    Poetry runs the build inside ``publish`` like any other command, with the same events, before it
    uploads anything. The archives of a build are the files that changed in its folder, because a
    build backend may choose names that Poetry does not know.
    """

    def __init__(self) -> None:
        self._before: dict[Path, State] = {}

    def activate(self, application: Application) -> None:
        """Listen to the commands that Poetry runs."""
        if application.event_dispatcher:
            application.event_dispatcher.add_listener(COMMAND, self._look_before)
            application.event_dispatcher.add_listener(TERMINATE, self._convert_after)

    def _look_before(self, event: ConsoleCommandEvent, _name: str, _: EventDispatcher) -> None:
        if event.command.name == "build":
            try:
                self._before = dict(_archives(event))
            except Exception:  # noqa: BLE001 - invalid arguments, which Poetry reports itself
                self._before = {}

    def _convert_after(self, event: ConsoleTerminateEvent, _name: str, _: EventDispatcher) -> None:
        if event.command.name != "build" or event.exit_code != 0:
            return
        from mpconvert._hook import BuildFailed, after_build  # noqa: PLC0415 - other commands

        built = [path for path, state in _archives(event) if self._before.get(path) != state]
        io = event.io
        try:
            after_build(
                built,
                _project(event),
                say=lambda path: io.write_line(f"  - Built <success>{_plain(path)}</success>"),
                warn=lambda text: io.write_error_line(f"<warning>{_plain(text)}</warning>"),
            )
        except BuildFailed as error:
            raise CleoUserError(_plain(str(error))) from error


def _project(event: ConsoleEvent) -> Path:
    return Path(event.command.poetry.pyproject_path.parent)


def _archives(event: ConsoleEvent) -> Iterator[tuple[Path, State]]:
    """Find the archives in the folder that this build writes to."""
    folder = _project(event) / event.io.input.option("output")
    if folder.is_dir():
        for entry in os.scandir(folder):
            if entry.name.endswith((".tar.gz", ".whl")):
                state = entry.stat()
                yield folder / entry.name, (state.st_mtime_ns, state.st_ino)


def _plain(text: str) -> str:
    """Escape text that Poetry would read as markup."""
    return str(Formatter.escape(text))
