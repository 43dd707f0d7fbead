"""An audit of a broker's access control: who may do what, tried for real and judged by witnesses."""

from simulator.audit.audit import ACCESS, audit, write_access
from simulator.audit.casting import audit_run, cast_of
from simulator.audit.questions import Cast, cast

__all__ = ["ACCESS", "Cast", "audit", "audit_run", "cast", "cast_of", "write_access"]
