"""How the words for what became of a run look on a page, among those for verdicts."""

from __future__ import annotations

from simulator.report.summary import Status

LOOKS = {
    Status.PASSED.value: "held",
    Status.FAILED.value: "failed",
    Status.UNTRUSTED.value: "untrusted",
    Status.INTERRUPTED.value: "untrusted",
    "incomplete": "untrusted",
    "offline": "left_out",
}
"""The class of a verdict for each word."""
