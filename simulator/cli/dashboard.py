"""``fleetsim dashboard``: Grafana dashboards, Prometheus' rules, and a compose file for all of it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  fleetsim dashboard -o dashboards
  fleetsim dashboard -o dashboards --force

\b
Then, with Docker:
  cd dashboards && docker compose up
or with a Prometheus of your own, in two terminals:
  prometheus --config.file=dashboards/prometheus/prometheus.yml
  fleetsim run quickstart --metrics-port 9464 --metrics-linger 5m"""
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    required=True,
    help="Where the files go.",
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def command(output: Path, force: bool) -> None:
    """Write Grafana dashboards of a run, and what one needs to look at them.

    DIR gets five dashboards (overview, load, people and devices, privacy, security) and Grafana's files to
    provision them, Prometheus' configuration with recording and alert rules, and a compose file with
    Mosquitto, Prometheus, Grafana and Fleetsim.

    It needs the extra: pip install 'fleetsim[dashboards]'.
    """
    from simulator.core.errors import UsageError

    try:
        from simulator.report.dashboards import BOARDS, write_dashboards
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("grafana_foundation_sdk"):
            raise
        raise UsageError(
            "dashboards need grafana-foundation-sdk; install it with: pip install 'fleetsim[dashboards]'"
        ) from error
    written = write_dashboards(output, overwrite=force)
    click.echo(f"{len(BOARDS)} dashboards and {len(written) - len(BOARDS)} files around them are in {output}")
    click.echo(f"to look at them: cd {output} && docker compose up, then open http://127.0.0.1:3000")
