"""Latent classes: how many of two kinds of people there are, told from their answers alone.

Lazarsfeld & Henry, "Latent Structure Analysis", 1968; by expectation and maximisation (Goodman, Biometrika
61, 1974). Within a kind, answers are independent; what goes together between people tells the kinds apart.
"""

from __future__ import annotations

import numpy as np

from simulator.calibration.estimate import Floats

ROUNDS = 400
"""Of expectation and maximisation; some hundred bring two plain classes to three digits."""


def share_of_reluctant(patterns: Floats, counts: Floats) -> float:
    """Return the share of the kind of people who say yes less often.

    Args:
        patterns: the different sets of answers, a row each, 1 for yes and 0 for no; a column a question.
        counts: how many people gave each.
    """
    usual = patterns.T @ counts / counts.sum()
    share, reluctant, willing = 0.5, np.clip(0.7 * usual, 0.02, 0.98), np.clip(1.3 * usual, 0.02, 0.98)
    for _ in range(ROUNDS):
        of_reluctant = share * _likelihood(patterns, reluctant)
        of_willing = (1.0 - share) * _likelihood(patterns, willing)
        belongs = counts * of_reluctant / (of_reluctant + of_willing)
        rest = counts - belongs
        share = float(belongs.sum() / counts.sum())
        reluctant = np.clip(belongs @ patterns / belongs.sum(), 0.001, 0.999)
        willing = np.clip(rest @ patterns / rest.sum(), 0.001, 0.999)
    return share if reluctant.sum() < willing.sum() else 1.0 - share


def _likelihood(patterns: Floats, chances: Floats) -> Floats:
    return np.asarray(np.prod(np.where(patterns > 0.0, chances, 1.0 - chances), axis=1))
