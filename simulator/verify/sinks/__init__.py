"""Sinks: readers of what came out of a control."""

from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.read import SinkFormat, find_format, read_rows, read_sink

__all__ = ["SinkError", "SinkFormat", "find_format", "read_rows", "read_sink"]
