"""Grafana dashboards of a run, and what one needs to look at them: Prometheus, its rules, a compose file."""

from simulator.report.dashboards.write import BOARDS, stack_files, write_dashboards

__all__ = ["BOARDS", "stack_files", "write_dashboards"]
