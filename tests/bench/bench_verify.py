"""What judging costs: `python tests/bench/bench_verify.py`.

It writes the truth of a run of a million messages and what a redactor made of them, and has `fleetsim verify`
judge that in a process of its own. It fails if that takes more than a minute or 2 GB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from simulator.core.readings import Span
from simulator.core.records import (
    CanaryTruth,
    ConsentTruth,
    Delivered,
    Expectation,
    MessageTruth,
    Outcome,
    PersonTruth,
)
from simulator.privacy import Canaries, CanaryType, Subject, run_key
from simulator.truth import Manifest, RunFolder

SECONDS = 60.0
BYTES = 2 << 30
PEOPLE = 2_000
PERSONAL = 20
"""One message in so many is a transcript with something personal in it."""

START = datetime(2026, 3, 2, tzinfo=UTC)
SEED = 5


def people() -> list[tuple[PersonTruth, Subject]]:
    """Return everybody."""
    town = []
    for i in range(PEOPLE):
        person, household, born = f"n{i // 250}-h{i // 2}-p{i % 2}", f"n{i // 250}-h{i // 2}", 1930 + i % 90
        told = PersonTruth(
            person,
            household,
            f"n{i // 250}",
            2026 - born,
            "female" if i % 2 else "male",
            "office",
            i % 7 - 3.0,
            (-31.0 + i * 1e-4, 137.0),
            None,
            subject=f"s{i}",
            born=born,
        )
        town.append((told, Subject(person, household, bool(i % 2), born)))
    return town


def messages(count: int, planted: list[CanaryTruth]) -> Iterator[tuple[MessageTruth, dict[str, object]]]:
    """Yield the truth and the payload of each message, and note the canaries in them."""
    town, canaries = people(), Canaries(run_key(SEED))
    days = 2 * 86_400.0
    for i in range(count):
        one, subject = town[i % PEOPLE]
        at = i * days / count
        device = f"k{i % PEOPLE:011d}"
        known = f"{(i * 0x9E3779B97F4A7C15 + 1) & (1 << 64) - 1:016x}"
        spans: tuple[Span, ...] = ()
        # The turns of people and of events have no divisor in common, so everybody sends everything.
        turn = i % (PERSONAL + 1)
        if turn == 0:
            event, canary = "utterance", canaries.make(CanaryType.EMAIL, subject)
            text = f"send it to {canary.value} before the weekend please"
            spans = (Span("transcript", 11, 11 + len(canary.value), "email", one.person),)
            values: dict[str, object] = {"transcript": text}
            if len(planted) < PEOPLE:
                planted.append(
                    CanaryTruth(one.person, "email", 0, canary.value, canary.core, known, at, device)
                )
        elif turn % 5 == 1:
            latitude, longitude = one.home
            event, values = "position", {"latitude": latitude, "longitude": longitude, "accuracy": 12.5}
        else:
            event, values = "heart_rate", {"bpm": 50 + i % 90}
        truth = MessageTruth(
            known,
            at,
            at,
            device,
            "wearable",
            event,
            f"fleet/{one.neighbourhood}/wearable/{device}/{event}",
            1,
            False,
            150,
            one.person,
            one.household,
            None,
            ("analytics", "service") if i % 4 else ("service",),
            (),
            None,
            Expectation.REDACT if spans else Expectation.ALLOW,
            None,
            spans=spans,
        )
        moment = (START + timedelta(seconds=at)).isoformat()
        yield (
            truth,
            {"id": known, "device": device, "seq": i // PEOPLE, "time": moment, "event": event, **values},
        )


def write(path: Path, count: int) -> Path:
    """Write the run, and return the file with what came out of the redactor."""
    folder = RunFolder.create(path)
    folder.write_manifest(
        Manifest(
            scenario={"name": "bench", "start": START.isoformat()},
            seed=SEED,
            versions={},
            started=START,
            complete=True,
        )
    )
    encode = msgspec.json.encode
    planted: list[CanaryTruth] = []
    out = path / "out.jsonl"
    with folder.messages.open("wb") as truth, folder.delivery.open("wb") as delivery, out.open("wb") as came:
        for row, payload in messages(count, planted):
            due = row.at / 360
            truth.write(encode(row) + b"\n")
            delivery.write(encode(Delivered(row.id, due, due, due + 0.01, Outcome.ACKNOWLEDGED)) + b"\n")
            if row.spans:
                payload["transcript"] = "send it to [removed] before the weekend please"
            text = encode(payload).decode()
            came.write(encode({"received": due + 0.02, "topic": row.topic, "payload": text}) + b"\n")
    for file, rows in (
        (folder.people, [one for one, _ in people()]),
        (folder.consent, [ConsentTruth(one.person, 0.0, ("service",)) for one, _ in people()][:0]),
        (folder.canaries, planted),
    ):
        file.write_bytes(b"".join(encode(row) + b"\n" for row in rows))
    folder.summary.write_text(json.dumps({"status": "passed", "messages": {"due": count}}))
    return out


def main() -> None:
    """Measure and print; exit 1 if it is too slow or too large."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000, help="that came out")
    parser.add_argument("--only", nargs="*", default=[], help="checks; all if left out")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder, "run")
        out = write(run, asked.records)
        print(f"{asked.records:,} records, {out.stat().st_size / 1e6:.0f} MB")
        only = [word for check in asked.only for word in ("--only", check)]
        command = [
            sys.executable,
            "-m",
            "simulator",
            "verify",
            str(run),
            "--egress",
            str(out),
            "--quiet",
            *only,
        ]
        began = time.monotonic()
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss * (1024 if sys.platform == "linux" else 1)
    print(ended.stdout[-3000:] + ended.stderr[-2000:])
    print(
        f"exit {ended.returncode}; {seconds:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processor time, "
        f"{peak / 1e6:.0f} MB"
    )
    sys.exit(0 if seconds <= SECONDS and peak <= BYTES and ended.returncode in (0, 3, 4) else 1)


if __name__ == "__main__":
    main()
