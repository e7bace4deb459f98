"""Fetches the corpus: python -m tests.corpus.fetch

Prints the folder that holds the archives. Only what is missing is fetched.
"""

from __future__ import annotations

import sys

from tests.corpus import archives
from tests.fetch import FetchError, fetch


def main() -> int:
    try:
        found = fetch(archive.pin for archive in archives.read())
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    folder = next(iter(found.values())).parent
    print(f"{len(found)} archives in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
