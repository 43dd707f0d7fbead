"""What is wrong with the output of a control, so that nothing may be concluded from it."""

from __future__ import annotations

from simulator.core.errors import ExitCode, FleetsimError


class SinkError(FleetsimError):
    """A sink cannot be read as what it is said to be; what it does not show proves nothing."""

    exit_code = ExitCode.UNTRUSTED
