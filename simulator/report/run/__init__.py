"""What a run or a drill shows when it is over: ``report.html``, and its summary in Markdown.

``fleetsim run`` leaves the page in the run's folder; ``fleetsim report`` makes both again, also of a run that
was killed, and beside an earlier one.
"""

from simulator.report.run.result import Result, read_result
from simulator.report.run.write import read_report, render_markdown, render_page, write_page

__all__ = ["Result", "read_report", "read_result", "render_markdown", "render_page", "write_page"]
