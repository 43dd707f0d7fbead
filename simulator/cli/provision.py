"""``fleetsim provision``: credentials for a fleet, and a broker's configuration for them."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.choice import Choice
from simulator.cli.options import scenario_options

_BROKERS = ("mosquitto", "emqx")
_LISTENERS = ("tcp", "tls", "mtls", "ws", "wss")


def _ports(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, int]:
    ports: dict[str, int] = {}
    for text in given:
        listener, _, number = text.partition("=")
        if listener not in _LISTENERS or not number.isdecimal() or not 1 <= int(number) <= 65535:
            raise click.BadParameter(f"write one of {', '.join(_LISTENERS)} and its port, such as tls=8883")
        ports[listener] = int(number)
    return ports


@click.command(
    epilog="""\b
Examples:
  fleetsim provision home.yaml --for mosquitto -o credentials
  fleetsim provision home.yaml --for mosquitto -o credentials --port tcp=21883
  fleetsim provision home.yaml --for emqx --host broker.example -o credentials
  fleetsim provision home.yaml --for mosquitto -o credentials --revoke DEVICE

\b
Then, in two terminals:
  mosquitto -c credentials/mosquitto/mosquitto.conf
  fleetsim run home.yaml --broker mqtt://127.0.0.1:1883 --set mqtt.credentials=credentials"""
)
@scenario_options
@click.option("--for", "kind", type=click.Choice(_BROKERS), required=True, help="The broker to configure.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    required=True,
    help="Where the credentials go, or are already.",
)
@click.option(
    "--port",
    "ports",
    multiple=True,
    callback=_ports,
    metavar="LISTENER=N",
    help="Listen for tcp, tls, mtls, ws or wss on this port; may be repeated.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="The broker also goes by this name or address, and listens beyond this machine; may be repeated.",
)
@click.option(
    "--revoke", multiple=True, metavar="DEVICE", help="Lock this device out from now on; may be repeated."
)
@click.option("--quiet", is_flag=True, help="No progress; nothing on stderr but errors.")
def command(
    choice: Choice,
    kind: str,
    output: Path,
    ports: dict[str, int],
    hosts: tuple[str, ...],
    revoke: tuple[str, ...],
    quiet: bool,
) -> None:
    """Make credentials for every device of SCENARIO, and the configuration of a broker that checks them.

    DIR gets an authority, certificates and keys of the broker and of each device, passwords, a key for
    tokens, a list of revoked certificates, and a folder with the broker's configuration, access control
    list and password file. Beside the devices there are two users: fleetsim-witness may do everything,
    fleetsim-operator may command the devices.

    A second call keeps all that is there and adds what is missing. Everything in DIR is secret.
    """
    from rich.console import Console

    from simulator.broker.credentials import BrokerKind, Listener
    from simulator.provision import ProvisionSettings, provision_fleet

    # A scenario may name the very credentials that are to be made.
    choice.overrides.update({"mqtt.credentials": "null", "mqtt.authentication": "null"})
    scenario = choice.load()
    settings = ProvisionSettings(
        output,
        BrokerKind(kind),
        {Listener(name): port for name, port in ports.items()},
        hosts,
        revoke,
    )
    stderr = Console(stderr=True, quiet=quiet)
    with stderr.status("simulating the town ...") as status:
        provisioned = provision_fleet(
            scenario, settings, lambda done, count: status.update(f"{done:,} of {count:,} devices")
        )
    devices = provisioned.users - 2
    click.echo(
        f"{devices:,} devices have credentials in {output} ({provisioned.issued:,} certificates are new)"
    )
    if provisioned.revoked:
        click.echo(f"locked out: {', '.join(provisioned.revoked)}")
    click.echo(f"the broker's configuration is {provisioned.configuration}")
