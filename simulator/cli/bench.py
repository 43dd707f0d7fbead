"""``fleetsim bench``: the most that this machine sends and receives."""

from __future__ import annotations

import time
from itertools import product

import click

from simulator.cli.interrupt import Interrupt
from simulator.cli.target import TargetChoice, target_options
from simulator.core.errors import ExitCode
from simulator.core.transport import Transport

YARDSTICK = "plain-paho"


@click.command(
    epilog="""\b
Examples:
  fleetsim bench
  fleetsim bench --qos 1 --transport fast --workers 1 --workers 2
  fleetsim bench --scenario city_throughput --workers 2
  fleetsim bench --qos 0 --json"""
)
@click.option(
    "--broker",
    default="mosquitto",
    metavar="URL",
    help="embedded, mosquitto (default), mqtt[s]://HOST:PORT or ws[s]://HOST:PORT/PATH.",
)
@target_options
@click.option("--qos", type=click.IntRange(0, 2), multiple=True, help="May be repeated; 0 and 1 if left out.")
@click.option(
    "--transport",
    "transports",
    type=click.Choice([*(transport.value for transport in Transport), YARDSTICK]),
    multiple=True,
    help="May be repeated; fast, paho and plain-paho if left out.",
)
@click.option("--workers", type=click.IntRange(1, 256), multiple=True, help="May be repeated; 1 if left out.")
@click.option("--connections", type=click.IntRange(1), default=1000, show_default=True, help="Devices.")
@click.option(
    "--payload-bytes", type=click.IntRange(0, 1_000_000), default=256, show_default=True, help="Of a message."
)
@click.option("--seconds", type=click.FloatRange(1.0), default=5.0, show_default=True, help="For each line.")
@click.option(
    "--scenario",
    metavar="SCENARIO",
    help="Also run this one as fast as it goes, with its truth.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one object; QoS 0 and auto if left out.")
def command(
    broker: str,
    target: TargetChoice,
    qos: tuple[int, ...],
    transports: tuple[str, ...],
    workers: tuple[int, ...],
    connections: int,
    payload_bytes: int,
    seconds: float,
    scenario: str | None,
    as_json: bool,
) -> int:
    """Measure the most messages a second that this machine sends to a broker.

    Each device sends the same bytes again and again, as fast as the broker takes them. The broker's own
    count stands beside ours where it keeps one, and each line says which side set the limit. A scenario
    shows what realistic messages cost.

    The transports are Fleetsim's own codec (fast), paho-mqtt behind Fleetsim's sessions (paho), and, as
    a yardstick, paho-mqtt alone on one selector (plain-paho). With --json and several combinations, an
    object a line.
    """
    with Interrupt() as stopped:
        import msgspec
        from rich.console import Console

        from simulator.bench import Bench, Measured, measure, measure_plain_paho, print_measured
        from simulator.core.endpoint import Protocol
        from simulator.plan import open_credentials
        from simulator.scenario import load_scenario

        reach = target.reach()
        contents = [None] if scenario is None else [None, load_scenario(scenario)]
        stderr = Console(stderr=True)
        rows: list[Measured] = []
        combinations = product(
            contents,
            qos or ((0,) if as_json else (0, 1)),
            transports or (("auto",) if as_json else ("fast", "paho", YARDSTICK)),
            workers or (1,),
        )
        for content, level, transport, count in combinations:
            if stopped():
                break
            yardstick = transport == YARDSTICK
            if yardstick and (content is not None or count > 1):
                continue  # it knows one process and static messages
            carrier = Transport.PAHO if yardstick else Transport(transport)
            bench = Bench(level, carrier, count, seconds, connections, payload_bytes, content)
            # A broker of its own for each, so that no measurement inherits another's queues.
            with reach.open(
                broker,
                Protocol.MQTT_311,
                lambda: "bench-0",
                stopped=stopped,
                credentials=None if content is None else open_credentials(content),
            ) as handle:
                begin = time.monotonic()
                measured = (measure_plain_paho if yardstick else measure)(bench, handle, stopped)
            rows.append(measured)
            if as_json:
                click.echo(msgspec.json.encode(measured))
            else:
                took = time.monotonic() - begin
                stderr.print(
                    f"{measured.content}, {measured.transport}, QoS {level}, {count} worker(s): {took:.0f} s",
                    highlight=False,
                )
        if not as_json:
            print_measured(rows, Console())
    return ExitCode.INTERRUPTED if stopped() else ExitCode.OK
