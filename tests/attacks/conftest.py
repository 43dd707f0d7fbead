"""What came of all attacks on a real Mosquitto, run once for all tests."""

from __future__ import annotations

import pytest
from witnessed import Broker, Siege, besiege, besiege_hardened


@pytest.fixture(scope="session")
def badly(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """What came of it where anybody may do anything."""
    return besiege(Broker.OPEN, tmp_path_factory.mktemp("badly"))


@pytest.fixture(scope="session")
def well(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """What came of it where everybody has a password, and rights for their own topics."""
    return besiege(Broker.PROVISIONED, tmp_path_factory.mktemp("well"))


@pytest.fixture(scope="session")
def hardened(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """What came of it where there are limits, too, and nobody has another client id than a user name."""
    return besiege_hardened(tmp_path_factory.mktemp("hardened"))


@pytest.fixture(params=Broker, ids=lambda broker: broker.value)
def siege(request: pytest.FixtureRequest) -> Siege:
    """What came of it, on the one broker and on the other."""
    found: Siege = request.getfixturevalue("badly" if request.param is Broker.OPEN else "well")
    return found
