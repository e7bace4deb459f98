"""``python -m mpconvert``: the same program as the binary of that name."""

import sys

# `python -m` puts the current folder before all others, and its files may come from anywhere. What
# Python has imported before, such as `contextlib`, it may have found there: see the documentation.
if __name__ == "__main__" and not getattr(sys.flags, "safe_path", sys.flags.isolated):
    del sys.path[0]

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
