"""Tests that use mpconvert from outside: its command line, and real clients on its output."""
