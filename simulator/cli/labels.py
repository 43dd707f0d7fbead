"""``fleetsim labels``: what a run was, labelled for training detectors."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  fleetsim labels runs/drill -o drill.csv
  fleetsim labels runs/drill -o drill.parquet
  fleetsim generate mine.yaml -o mine.jsonl --truth truth && fleetsim labels truth -o mine.csv"""
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Ends in .csv or .parquet; a data card of the same name in .md is written beside it.",
)
def command(run: Path, output: Path) -> None:
    """Write a table of a run's traffic with labels of attacks, to train and test detectors.

    RUN is the folder of a run, or of the truth beside a generated stream. A row is a message or a step of a
    session as a broker sees it, with what it was: an attack, of which kind and phase, or benign, and what
    that looks like.
    """
    from simulator.labels import export_labels

    exported = export_labels(run, output)
    attacks = exported.attacks.total()
    click.echo(
        f"wrote {exported.rows:,} rows, {attacks:,} of attacks, to {exported.table} and {exported.card}"
    )
