"""Layouts derived from sdists, against the wheels that the real build backends make."""
