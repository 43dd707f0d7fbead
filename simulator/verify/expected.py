"""What a right control does with each message, for any purpose of the consumer behind it."""

from __future__ import annotations

import numpy as np

from simulator.core.records import Expectation
from simulator.verify.check import Case
from simulator.verify.ground import NOBODY, Flags, Ground


def expected(case: Case, purpose: str, what: Expectation) -> Flags:
    """Return for each message whether it is to be passed on (`ALLOW`), or is not to be (`DROP`).

    For the purpose that the scenario is about, the truth says it of each message. For another one the consent
    of the person does; messages in the grace period after a change are neither.
    """
    ground = case.ground
    if purpose == case.purpose and _says(ground, Expectation.DROP):
        dropped, free = _is(ground, Expectation.DROP), _is(ground, Expectation.ANY)
    else:
        agrees, theirs = ground.agrees(purpose), ground.person != NOBODY
        dropped, free = theirs & ~agrees, _in_grace(case, purpose)
    return dropped & ~free if what is Expectation.DROP else ~dropped & ~free


def _says(ground: Ground, what: Expectation) -> bool:
    return ground.expectations.known(what) != NOBODY


def _is(ground: Ground, what: Expectation) -> Flags:
    code = ground.expectations.known(what)
    flags: Flags = ground.expect == code if code != NOBODY else np.zeros(len(ground), bool)
    return flags


def grace_of(case: Case) -> float:
    """Return how long after a change of mind a control may still act on the old one, simulated seconds."""
    consent = case.settings.get("consent") or {}
    return float(consent.get("grace") or 0.0)


def _in_grace(case: Case, purpose: str) -> Flags:
    ground, grace = case.ground, grace_of(case)
    flags = np.zeros(len(ground), bool)
    changed = {
        person: [at for at, _ in answers[1:]]
        for person, answers in ground.withdrawn_at(purpose).items()
        if len(answers) > 1
    }
    if not changed or not grace:
        return flags
    rows = np.flatnonzero(np.isin(ground.person, list(changed)))
    for row in rows.tolist():
        at = ground.at[row]
        flags[row] = any(moment <= at <= moment + grace for moment in changed[int(ground.person[row])])
    return flags
