"""The command ``fleetsim``: one file a command, imported when it is called."""

from simulator.cli.app import main

__all__ = ["main"]
