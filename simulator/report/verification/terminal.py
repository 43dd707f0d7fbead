"""A verification for people at a terminal: readable in 80 columns, without colour, and in a log file."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from simulator.report.verification import words
from simulator.report.verification.words import Control
from simulator.verify import CheckResult, Verdict, Verification
from simulator.verify.clauses import DISCLAIMER

_COLOURS = {Verdict.HELD: "bold green", Verdict.FAILED: "bold red", Verdict.UNTRUSTED: "bold yellow"}
_MARKS = {Verdict.HELD: "✓", Verdict.FAILED: "✗", Verdict.UNTRUSTED: "?"}
_PLAIN_MARKS = {Verdict.HELD: "+", Verdict.FAILED: "!", Verdict.UNTRUSTED: "?"}
_MOST_EVIDENCE = 3
"""Examples that are shown of each check."""


def print_verification(verification: Verification, console: Console) -> None:
    """Print the verdicts on all controls, with reasons and some evidence for those that did not hold."""
    marks = _MARKS if console.encoding.lower().startswith("utf") else _PLAIN_MARKS
    for part in _parts(words.within_run(verification), marks):
        with console.capture() as capture:
            console.print(part, highlight=False)
        # What came out of a control may hold any letter; a terminal that lacks it is no reason to stop.
        text = capture.get()
        console.file.write(text.encode(console.encoding, "backslashreplace").decode(console.encoding))


def _parts(verification: Verification, marks: dict[Verdict, str]) -> Iterator[RenderableType]:
    status = verification.status
    yield Text.assemble((verification.scenario, "bold"), ": ", (status.value, _COLOURS[status]))
    for reason in verification.distrust:
        yield _indented(Text(reason))
    yield ""
    yield _facts(verification)
    for control in words.controls(verification):
        yield ""
        yield from _control(control, marks)
    yield ""
    yield Text(DISCLAIMER, style="dim")


def _facts(verification: Verification) -> RenderableType:
    facts = _table(Column(), Column(overflow="fold"))
    facts.add_row("Run", Text(verification.run))
    facts.add_row("Verdicts", words.headline(verification))
    facts.add_row("Traced", words.traced(verification))
    return facts


def _control(control: Control, marks: dict[Verdict, str]) -> Iterator[RenderableType]:
    head = Text.assemble((control.name, "bold"), f" for {control.purposes}" if control.purposes else "")
    yield head.append(": ").append(control.verdict.value, _COLOURS[control.verdict])
    for reason in control.distrust:
        yield _indented(Text(reason))
    if control.checks:
        yield _indented(_checks(control.checks, marks))
    troubles = control.troubles
    for check in troubles:
        yield from _explained(check, marks)
    if cited := words.cited(dict.fromkeys(tag for check in troubles for tag in check.clauses)):
        yield _indented(Text(f"Touches {cited}.", style="dim"))


def _checks(checks: tuple[CheckResult, ...], marks: dict[Verdict, str]) -> RenderableType:
    table = _table(
        Column("Check", overflow="fold"), *map(_right, ("Value", "95 % interval", "Limit")), Column("")
    )
    table.show_header = True
    before = ""
    for check in checks:
        if check.part and check.check != before:
            table.add_row(words.spaced(check.check))
        before = check.check
        name = f"  {words.spaced(check.part)}" if check.part else words.spaced(check.check)
        verdict = Text(f"{marks[check.verdict]} {check.verdict.value}", _COLOURS[check.verdict])
        figures = words.value(check), words.interval(check), words.threshold(check)
        table.add_row(Text(name), *figures, verdict)
    return table


def _explained(check: CheckResult, marks: dict[Verdict, str]) -> Iterator[RenderableType]:
    mark = (f"{marks[check.verdict]} ", _COLOURS[check.verdict])
    yield _indented(Text.assemble(mark, (words.title(check), "bold"), f": {check.reason}"))
    for evidence in check.evidence[:_MOST_EVIDENCE]:
        where = words.place(evidence)
        yield _indented(Text(f"{where}: {evidence.what}" if where else evidence.what), 6)
    if (rest := len(check.evidence) - _MOST_EVIDENCE) > 0:
        yield _indented(Text(f"and {rest} more in verify.json"), 6)


def _indented(content: RenderableType, columns: int = 2) -> RenderableType:
    return Padding(content, (0, 0, 0, columns))


def _table(*columns: Column) -> Table:
    return Table(
        *columns, box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False, header_style="bold"
    )


def _right(header: str) -> Column:
    return Column(header, justify="right", no_wrap=True)
