"""What a verification shows people, CI and code hosts.

``fleetsim verify RUN`` prints `print_verification`; its options ``--junit``, ``--sarif``, ``--markdown`` and
``--html`` name the files of `write_verification`.
"""

from simulator.report.verification.terminal import print_verification
from simulator.report.verification.write import write_verification

__all__ = ["print_verification", "write_verification"]
