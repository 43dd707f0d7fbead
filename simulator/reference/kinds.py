"""The pages of what is installed: devices, payloads, faults, attacks and checks."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from simulator.core import plugins
from simulator.reference.markdown import code, page, plain, section, sentence, table
from simulator.reference.schema import Schema


def devices_page(schema: Schema) -> str:
    """Return the page of device families."""
    return page(
        "Devices",
        "What may stand under `devices` in a scenario, by its `kind`. What they do is described in "
        "[the stream](../explanation/the-stream.md); how to add one, in [own_device.md](../own_device.md).",
        *_sections(schema, "devices", "simulator.devices"),
    )


def faults_page(schema: Schema) -> str:
    """Return the page of faults."""
    return page(
        "Faults",
        "What may stand under `faults` in a scenario, by its `kind`. What each looks like from outside, and "
        "in the truth: [faults.md](../faults.md).",
        *_sections(schema, "faults", "simulator.faults"),
    )


def attacks_page(schema: Schema) -> str:
    """Return the page of attacks."""
    return page(
        "Attacks",
        "What may stand under `attacks` in a scenario, by its `kind`. Who takes part, what bounds them, and "
        "what the truth says: [attacks.md](../attacks.md).",
        *_sections(schema, "attacks", "simulator.attacks"),
    )


def payloads_page() -> str:
    """Return the page of payload formats."""
    return page(
        "Payload formats",
        "What may stand at `payload`, under `mqtt` for the whole fleet or at a device kind.",
        table(
            ("name", "what it is"),
            ((code(kind), sentence(one.summary)) for kind, one in _all("simulator.payloads")),
        ),
    )


def checks_page() -> str:
    """Return the page of checks."""
    rows = (
        (code(kind), sentence(one.summary), sentence(getattr(one, "held", "")))
        for kind, one in _all("simulator.checks")
    )
    return page(
        "Checks",
        "What `fleetsim verify` asks of a control, and when the verdict is *held*. It is *failed* where "
        "there is evidence to the contrary, and *untrusted* where nothing may be concluded: "
        "[verify.md](../verify.md). Shares are held against their one-sided bound of 95 % confidence. Names "
        "such as `privacy.k` are keys of a [scenario](scenario.md).",
        table(("check", "asks", "held if"), rows),
    )


def _sections(schema: Schema, key: str, group: str) -> Iterator[str]:
    variants = schema.variants(key)
    for kind, one in _all(group):
        yield section(kind, sentence(one.summary), _facts(one), schema.table(variants[kind]))


def _facts(one: Any) -> str:
    """Return what else is known of an attack."""
    control = getattr(one, "control", None)
    if control is None:
        return ""
    told = [f"Expected to stop it, or to tell of it: {code(control)}. MITRE ATT&CK for ICS: {one.technique}."]
    about = inspect.getdoc(one if inspect.isclass(one) else type(one)) or ""
    told.append(plain(about))
    if one.wall_time:
        told.append("Brokers count it in real time, so it needs `speed: 1`.")
    return " ".join(told)


def _all(group: str) -> list[tuple[str, Any]]:
    """Return all that Fleetsim itself brings; what others have installed is none of its reference."""
    members = ((kind, plugins.load(group, kind)) for kind in plugins.kinds(group))
    return [(kind, one) for kind, one in members if _is_own(one)]


def _is_own(one: Any) -> bool:
    module: str = one.__module__
    return module.partition(".")[0] == __name__.partition(".")[0]
