"""``fleetsim broker``: the embedded broker alone, in the foreground."""

from __future__ import annotations

import time

import click

from simulator.cli.interrupt import Interrupt
from simulator.core.errors import RunFailedError

_CHECK = 0.1
"""Seconds between two looks at whether to go on."""


@click.command(
    epilog="""\b
Examples:
  fleetsim broker
  fleetsim broker --port 21883 --port-v5 21884

\b
In another terminal:
  mosquitto_sub -p 1883 -t 'fleet/#' -v
  fleetsim run quickstart --broker mqtt://localhost:1883"""
)
@click.option(
    "--port", default=1883, show_default=True, type=click.IntRange(1, 65535), help="For MQTT 3.1.1."
)
@click.option("--port-v5", default=1884, show_default=True, type=click.IntRange(1, 65535), help="For MQTT 5.")
def command(port: int, port_v5: int) -> None:
    """Run the embedded broker until Ctrl-C. It listens on 127.0.0.1 only.

    Each MQTT version has a port of its own. It serves up to about a thousand devices; for more, or for
    TLS, passwords and access control, use Mosquitto.
    """
    if port == port_v5:
        raise click.UsageError("--port and --port-v5 must differ")
    from simulator.broker import EmbeddedBroker

    with Interrupt() as stopped, EmbeddedBroker(port, port_v5) as broker:
        click.echo(f"{broker.describe()}; Ctrl-C stops it")
        while not stopped():
            if not broker.running:
                raise RunFailedError("the embedded broker has ended by itself; start it again")
            time.sleep(_CHECK)
    click.echo("stopped")
