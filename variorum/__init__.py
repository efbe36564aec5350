"""The door: commands, settings and the demo."""

from importlib.metadata import version

__version__ = version("variorum")
