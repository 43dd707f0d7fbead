"""Oracles over what came out of a control: attacks on privacy, and how far each succeeds; and what leaked."""

from simulator.core.verdicts import Verdict
from simulator.verify.catalogue import Catalogue
from simulator.verify.fixes import Fixes
from simulator.verify.home import Homes, homes_found, infer_homes
from simulator.verify.judge import verify
from simulator.verify.leak import Encoding, Leak, Location
from simulator.verify.linkage import Baskets, Linkage, link
from simulator.verify.proportion import Proportion
from simulator.verify.record import Record
from simulator.verify.scan import Scanner
from simulator.verify.sinks import SinkError
from simulator.verify.source import Source
from simulator.verify.unicity import call_records, unicity
from simulator.verify.verification import (
    CheckResult,
    Concern,
    Evidence,
    Join,
    SourceResult,
    Verification,
    encode_verification,
    overall,
    read_verification,
)

__all__ = [
    "Baskets",
    "Catalogue",
    "CheckResult",
    "Concern",
    "Encoding",
    "Evidence",
    "Fixes",
    "Homes",
    "Join",
    "Leak",
    "Linkage",
    "Location",
    "Proportion",
    "Record",
    "Scanner",
    "SinkError",
    "Source",
    "SourceResult",
    "Verdict",
    "Verification",
    "call_records",
    "encode_verification",
    "homes_found",
    "infer_homes",
    "link",
    "overall",
    "read_verification",
    "unicity",
    "verify",
]
