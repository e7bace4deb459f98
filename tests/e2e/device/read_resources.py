"""Runs on MicroPython: reads resources by `pkg_resources`.

Arguments: the folder that holds the modules, and `package:name` of each resource. Each has a line
on standard output: the type of its stream and its content in hexadecimal, or the type of what was
raised.
"""

import binascii
import sys

sys.path[:] = [sys.argv[1], ".frozen"]

import pkg_resources


def read(package, name):
    try:
        stream = pkg_resources.resource_stream(package, name)
    except Exception as error:
        return type(error).__name__
    return type(stream).__name__ + " " + binascii.hexlify(stream.read()).decode()


for lookup in sys.argv[2:]:
    print(read(*lookup.split(":", 1)))
