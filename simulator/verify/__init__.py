"""Oracles over what came out of a control: attacks on privacy, and how far each succeeds."""

from simulator.verify.fixes import Fixes
from simulator.verify.home import Homes, homes_found, infer_homes
from simulator.verify.linkage import Baskets, Linkage, link
from simulator.verify.proportion import Proportion
from simulator.verify.unicity import call_records, unicity

__all__ = [
    "Baskets",
    "Fixes",
    "Homes",
    "Linkage",
    "Proportion",
    "call_records",
    "homes_found",
    "infer_homes",
    "link",
    "unicity",
]
