"""Metadata read off a project's configuration, against what the real build backends make of it."""
