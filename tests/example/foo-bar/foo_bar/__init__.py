"""Blinks a light that only the log can see."""

import logging
import sys

from .light import Light

__all__ = ["blink"]


def blink(times):
    """Turns the light on and off that many times."""
    logging.basicConfig(stream=sys.stdout, format="%(levelname)s: %(message)s")
    light = Light()
    for _ in range(2 * times):
        light.toggle()
        logging.info("the light is %s", light)
    logging.info("on %s %s", sys.implementation.name, ".".join(map(str, sys.implementation[1][:2])))
