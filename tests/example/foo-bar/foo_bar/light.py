"""A light without any hardware."""


class Light:
    """On or off; off at first."""

    def __init__(self):
        self.is_on = False

    def toggle(self):
        self.is_on = not self.is_on

    def __str__(self):
        return "on" if self.is_on else "off"
