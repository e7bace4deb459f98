"""A small project from its Poetry build to its output on MicroPython; see `__main__`."""
