"""One simulated week that the tests of the world share."""

from __future__ import annotations

import pytest
from diary import Diary, keep_diary


@pytest.fixture(scope="session")
def week() -> Diary:
    """A week of 240 households with two shops."""
    return keep_diary(households=240, shops=2, days=7)
