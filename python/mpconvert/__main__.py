"""``python -m mpconvert``: the same program as the binary of that name."""

import sys

# Not from `signal`, which builds an enumeration of all signals at every start.
from _signal import SIG_DFL, SIGINT, signal  # type: ignore[import-not-found]

from mpconvert._native import main


def run() -> int:
    """Run the program with the arguments of this process and return its exit status."""
    # Python notices Ctrl-C only between its own instructions, and the core executes none.
    signal(SIGINT, SIG_DFL)
    return main(["mpconvert", *sys.argv[1:]], sys.executable)


if __name__ == "__main__":
    sys.exit(run())
