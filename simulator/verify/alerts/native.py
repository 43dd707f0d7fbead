"""Fleetsim's own form of an alert: a JSON object with a time, whom it is about, and a signature.

    {"time": "2026-03-02T09:00:05Z", "client": "k0cz0mty6n3w", "signature": "many connects"}

Whom: ``device``, ``client``, ``user`` or ``address`` (with ``port``); several names of each are understood,
for detectors that have their own. ``campaign`` may say which attack it is taken for.
"""

from __future__ import annotations

from simulator.verify.alerts.alert import (
    Alert,
    AlertFormat,
    Endpoint,
    Fields,
    Line,
    endpoint,
    make_alert,
    texts,
)
from simulator.verify.output import moment

NAMES = ("device", "device_id", "client", "client_id", "clientid", "user", "username", "identity", "subject")
ADDRESSES = ("address", "source", "src", "src_ip", "ip", "peerhost", "peername")
_PORTS = ("port", "src_port", "source_port")
_TIMES = ("time", "timestamp", "@timestamp", "at", "ts")
_SIGNATURES = ("signature", "rule", "alert", "name", "msg", "message", "reason")
_CAMPAIGNS = ("campaign", "attack", "kind")


def parse(line: Line, fields: Fields, how: AlertFormat = AlertFormat.NATIVE) -> Alert:
    """Return the alert that a line holds.

    Raises:
        ValueError: it says neither who nor what.
    """
    names = texts(fields, NAMES)
    endpoints = endpoints_of(fields)
    signature = next(iter(texts(fields, _SIGNATURES)), "")
    campaign = next(iter(texts(fields, _CAMPAIGNS)), None)
    if not (names or endpoints or signature or campaign):
        raise ValueError("it says neither whom nor what it is about")
    return make_alert(
        line,
        how,
        time=next((at for name in _TIMES if (at := moment(fields.get(name))) is not None), None),
        signature=signature,
        campaign=campaign,
        names=names,
        endpoints=endpoints,
        text=line.text,
    )


def endpoints_of(fields: Fields) -> tuple[Endpoint, ...]:
    """Return the end of a connection that a line names."""
    port = next((fields[name] for name in _PORTS if fields.get(name) is not None), None)
    return next((found for name in ADDRESSES if (found := endpoint(fields.get(name), port))), ())
