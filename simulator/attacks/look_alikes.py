"""What is honest and looks like an attack: faults of the scenario, named so in the truth and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from simulator.core.campaigns import CampaignTruth, Credential, MemberTruth, PhaseTruth, Role
from simulator.core.records import FaultTruth

RESEMBLANCES: Mapping[str, tuple[str, ...]] = {
    # a storm of connects, many from one address
    "power_cut": ("credential_brute_force", "slow_dos", "id_takeover", "botnet"),
    "network_resets": ("id_takeover", "credential_brute_force"),
    # a batch that was stored, with old event times
    "coverage_loss": ("publish_flood", "replay", "time_shift"),
    # connections that are silent, or that do not read
    "half_open": ("slow_dos",),
    "slow_consumer": ("slow_subscriber",),
    # new versions, one after the other
    "firmware_rollout": ("firmware_spoof", "id_takeover"),
    # clocks that are changed or wrong
    "clock_jump": ("time_shift",),
    "clock_skew": ("time_shift", "slow_drift"),
    # the same message twice
    "radio": ("replay",),
}
"""Attacks that each kind of fault looks like."""

OPENING_DAY = "opening_day"
"""Kind of a power cut that lasts from the start of the scenario: devices that come for the first time."""


def look_alikes(faults: Iterable[FaultTruth], duration: float) -> Iterator[CampaignTruth]:
    """Yield a row for each fault that looks like an attack, in the order of their labels.

    Args:
        faults: as they befall the devices of a shard, and the network.
        duration: of the scenario, in seconds.
    """
    rows: defaultdict[str, list[FaultTruth]] = defaultdict(list)
    for fault in faults:
        if fault.kind in RESEMBLANCES:
            rows[fault.fault].append(fault)
    for label, befallen in sorted(rows.items()):
        kind = befallen[0].kind
        at = min(row.at for row in befallen)
        until = max(duration if row.until is None else row.until for row in befallen)
        yield CampaignTruth(
            campaign=label,
            kind=OPENING_DAY if kind == "power_cut" and at == 0.0 else kind,
            benign=True,
            at=at,
            until=until,
            phases=(PhaseTruth("fault", at, until),),
            members=tuple(
                MemberTruth(device, Role.HONEST, Credential.OWN)
                for device in sorted({row.device for row in befallen if row.device is not None})
            ),
            resembles=RESEMBLANCES[kind],
        )
