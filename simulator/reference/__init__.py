"""The reference pages of the documentation, written from the code, so that they cannot say anything else."""

from simulator.reference.commands import CommandHelp, OptionHelp
from simulator.reference.pages import pages

__all__ = ["CommandHelp", "OptionHelp", "pages"]
