"""Real build tools before mpconvert, real upip on a real MicroPython behind it."""
