"""Oracles over what came out of a control: attacks on privacy, and how far each succeeds; and what leaked."""

from simulator.verify.catalogue import Catalogue
from simulator.verify.fixes import Fixes
from simulator.verify.home import Homes, homes_found, infer_homes
from simulator.verify.leak import Encoding, Leak, Location
from simulator.verify.linkage import Baskets, Linkage, link
from simulator.verify.proportion import Proportion
from simulator.verify.record import Record
from simulator.verify.scan import Scanner
from simulator.verify.unicity import call_records, unicity

__all__ = [
    "Baskets",
    "Catalogue",
    "Encoding",
    "Fixes",
    "Homes",
    "Leak",
    "Linkage",
    "Location",
    "Proportion",
    "Record",
    "Scanner",
    "call_records",
    "homes_found",
    "infer_homes",
    "link",
    "unicity",
]
