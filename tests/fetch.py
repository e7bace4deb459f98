"""Fetches archives that are pinned by name and sha256, from the index that pip is configured for.

`pip download` cannot do it: it wants to build metadata, and refuses an sdist without a build
script, which is what everything made for upip is. So pip's own session and link collector are
asked, which know the user's index, certificates, proxy and credentials.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Pin(NamedTuple):
    """One file of one release."""

    name: str
    filename: str
    sha256: str


class FetchError(Exception):
    """A pinned file cannot be had, or is not what it should be."""


def cache_folder() -> Path:
    """Where fetched things are kept between runs; never inside the repository."""
    own = os.environ.get("MPCONVERT_TEST_CACHE")
    if own:
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(shared) / "mpconvert-tests"


def fetch(pins: Iterable[Pin]) -> dict[str, Path]:
    """Path of each pinned file by its name, each one verified, fetched first where it is missing.

    All that fail are reported in one `FetchError`.
    """
    folder = cache_folder() / "archives"
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Path] = {}
    failures: list[str] = []
    index: _Index | None = None
    for pin in pins:
        path = folder / pin.filename
        if not _is_whole(path, pin):
            try:
                index = index or _Index()
                _write_whole(path, index.download(pin))
            except FetchError as error:
                failures.append(str(error))
                continue
        found[pin.filename] = path
    if failures:
        raise FetchError("\n".join(failures))
    return found


def index_url() -> str:
    """The index that pip is configured for, the first one if there are several."""
    return next(_Index().urls())


def _is_whole(path: Path, pin: Pin) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == pin.sha256


def _write_whole(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


class _Index:
    """The project pages of the configured index, each read once."""

    def __init__(self) -> None:
        # Not a public interface of pip, hence the pinned pip in requirements.txt.
        from pip._internal.commands import create_command
        from pip._internal.index.collector import LinkCollector

        command = create_command("download")
        options, _ = command.parse_args(["placeholder"])
        self._session = command._build_session(options)  # type: ignore[attr-defined]  # noqa: SLF001
        self._collector = LinkCollector.create(self._session, options)
        self._pages: dict[str, dict[str, str]] = {}

    def urls(self) -> Iterator[str]:
        """Where the configured indexes are."""
        yield from self._collector.search_scope.index_urls

    def _links(self, name: str) -> dict[str, str]:
        """URL of each file of the project."""
        from pip._internal.index.collector import parse_links
        from pip._internal.models.link import Link

        if name not in self._pages:
            links: dict[str, str] = {}
            for url in self._collector.search_scope.get_index_urls_locations(name):
                page = self._collector.fetch_response(Link(url))
                for link in parse_links(page) if page else ():
                    links.setdefault(link.filename, link.url_without_fragment)
            self._pages[name] = links
        return self._pages[name]

    def download(self, pin: Pin) -> bytes:
        url = self._links(pin.name).get(pin.filename)
        if url is None:
            raise FetchError(f"{pin.filename}: not on the index that pip is configured for")
        try:
            # An encoding would be undone by the session, and the digest would not fit.
            response = self._session.get(url, headers={"Accept-Encoding": "identity"})
            response.raise_for_status()
        except OSError as error:
            raise FetchError(f"{pin.filename}: {error}") from error
        digest = hashlib.sha256(response.content).hexdigest()
        if digest != pin.sha256:
            raise FetchError(f"{pin.filename}: sha256 is {digest}, expected {pin.sha256}")
        return bytes(response.content)
