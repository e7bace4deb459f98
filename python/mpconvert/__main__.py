"""``python -m mpconvert``: the program, the same code as the binary of that name."""

import sys

from mpconvert._native import main


def run() -> int:
    """Run the program with the arguments of this process and return its exit status."""
    # Only looked at where it is certain to be loaded: the import alone costs milliseconds.
    import signal

    # Python notices Ctrl-C between its own instructions only; the core runs without any.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return main(["mpconvert", *sys.argv[1:]], sys.executable)


if __name__ == "__main__":
    sys.exit(run())
