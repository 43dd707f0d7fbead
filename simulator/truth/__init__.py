"""A run's folder, and the ground truth in it: written while the run goes on, readable after a kill."""

from simulator.truth.folder import RunFolder, writing
from simulator.truth.manifest import SCHEMA, Manifest, installed_versions
from simulator.truth.merge import merge_truth
from simulator.truth.reader import (
    Rows,
    read_campaigns,
    read_canaries,
    read_consent,
    read_delivered,
    read_faults,
    read_messages,
    read_overheard,
    read_people,
    read_requests,
    read_sessions,
)
from simulator.truth.writer import NoRows, RowWriter, TruthWriter, open_rows

__all__ = [
    "SCHEMA",
    "Manifest",
    "NoRows",
    "RowWriter",
    "Rows",
    "RunFolder",
    "TruthWriter",
    "installed_versions",
    "merge_truth",
    "open_rows",
    "read_campaigns",
    "read_canaries",
    "read_consent",
    "read_delivered",
    "read_faults",
    "read_messages",
    "read_overheard",
    "read_people",
    "read_requests",
    "read_sessions",
    "writing",
]
