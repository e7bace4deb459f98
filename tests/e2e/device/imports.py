"""Runs on MicroPython: imports modules one after the other and writes down what came of each.

Arguments: the folder that holds the modules, the file to write, the names of the modules. Each
module has a line there: its name, a tab, and what was raised, or nothing. What a module prints goes
to standard output.
"""

import sys

folder, report = sys.argv[1:3]
modules = sys.argv[3:]
# Before the frozen modules: those have names that packages have, too.
sys.path[:] = [folder, ".frozen"]


def attempt(module):
    try:
        __import__(module)
    except BaseException as error:  # noqa: BLE001 - a module may leave by SystemExit as well
        said = str(error).replace("\n", " ")
        return type(error).__name__ + (": " + said if said else "")
    file = getattr(sys.modules[module], "__file__", "built in")
    return "" if file.startswith(folder + "/") else "another module is found: " + file


with open(report, "w") as file:
    for module in modules:
        file.write(module + "\t" + attempt(module) + "\n")
