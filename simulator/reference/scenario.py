"""The page of all fields of a scenario."""

from __future__ import annotations

from simulator.core.thresholds import METRICS, Quantity
from simulator.reference.markdown import code, page, plain, section, table
from simulator.reference.schema import Schema, heading

_LIMITS = {
    Quantity.TIME: "a time, such as `100ms`",
    Quantity.RATIO: "a number from 0 to 1",
    Quantity.NUMBER: "a number",
}


def scenario_page(schema: Schema) -> str:
    """Return the page."""
    objects = dict(schema.objects(schema.root))
    return page(
        "Scenario",
        "Every key of a scenario. Times have units (`90s`, `30m`, `6h`, `1d`), rates their time (`500/s`), "
        "and unknown keys are mistakes. `fleetsim schema` prints the same for editors, `fleetsim init` a "
        "commented example. What stands under `devices`, `faults` and `attacks` depends on its kind: "
        "[devices.md](devices.md), [faults.md](faults.md), [attacks.md](attacks.md).",
        schema.table(schema.root),
        *(
            section(heading(name), plain(found.get("description", "")), schema.table(found))
            for name, found in objects.items()
        ),
        *(
            section(f"Stage: {shape}", plain(found["description"]), schema.table(found))
            for shape, found in schema.variants("stages").items()
        ),
        section(
            "Thresholds",
            "A metric, one of `<`, `<=`, `>`, `>=` and `==`, and a limit; or `verdict.CONTROL.CHECK == held` "
            "(or `failed`, or `untrusted`). Latencies and lag count from when a message was due; ratios "
            "of messages are shares of those due.",
            table(("metric", "limit"), ((code(name), _LIMITS[kind]) for name, kind in METRICS.items())),
        ),
    )
