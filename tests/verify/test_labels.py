from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from raid_scene import Raided, device_id, outsider

from simulator.core.campaigns import Credential, MemberTruth, Role
from simulator.core.errors import UsageError
from simulator.core.records import SessionMoment
from simulator.labels import COLUMNS, export_labels
from simulator.truth import RunFolder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    town = Raided(devices=4, seconds=300.0)
    town.flood(0, 60.0, 10.0)
    town.session(outsider(0), 70.0, SessionMoment.ENDED)
    town.session(device_id(1), 100.0, SessionMoment.DROPPED, reason="network")
    honest = [MemberTruth(device_id(1), Role.HONEST, Credential.OWN)]
    town.attack("power_cut", 100.0, 120.0, honest, benign=True, resembles=("botnet", "slow_dos"))
    turned = MemberTruth(device_id(2), Role.COMPROMISED, Credential.OWN, cause="weak password")
    label = town.attack("slow_drift", 200.0, 260.0, [turned])
    town.message(device_id(2), 210.0, label)
    return town.write(tmp_path_factory.mktemp("labels") / "run")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_a_message_and_a_step_of_a_session(run: RunFolder, tmp_path: Path) -> None:
    exported = export_labels(run.path, tmp_path / "set.csv")
    rows = rows_of(exported.table)
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == exported.rows == 4 * 20 + 20 + 1 + 3
    assert exported.attacks == {"publish_flood": 22, "slow_drift": 1}
    flood = [row for row in rows if row["campaign"] == "publish_flood-0"]
    assert {(row["client"], row["role"], row["phase"]) for row in flood[:21]} == {
        (outsider(0), "outsider", "attack")
    }
    assert [row["row"] for row in flood[-2:]] == ["connected", "ended"]
    assert float(flood[0]["second"]) == 60.25
    assert flood[0]["latency"] == "0.01"


def test_a_turned_device_attacks_in_some_messages_and_is_honest_in_others(
    run: RunFolder, tmp_path: Path
) -> None:
    rows = rows_of(export_labels(run.path, tmp_path / "set.csv").table)
    its = [row for row in rows if row["client"] == device_id(2)]
    assert {(row["role"], row["label"]) for row in its if float(row["second"]) < 200.0} == {
        ("honest", "benign")
    }
    later = [row["label"] for row in its if float(row["second"]) >= 200.0]
    assert (later.count("attack"), later.count("benign")) == (1, 7)
    assert {row["role"] for row in its if float(row["second"]) >= 200.0} == {"compromised"}


def test_what_is_benign_says_what_it_looks_like(run: RunFolder, tmp_path: Path) -> None:
    rows = rows_of(export_labels(run.path, tmp_path / "set.csv").table)
    alike = [row for row in rows if row["looks_like"]]
    assert {(row["client"], row["label"], row["looks_like"]) for row in alike} == {
        (device_id(1), "benign", "botnet+slow_dos")
    }
    assert {row["row"] for row in alike} == {"message", "dropped"}
    assert all(100.0 <= float(row["second"]) <= 180.0 for row in alike)


def test_parquet_holds_the_same(run: RunFolder, tmp_path: Path) -> None:
    export_labels(run.path, tmp_path / "set.parquet")
    table = pq.read_table(tmp_path / "set.parquet")
    rows = rows_of(export_labels(run.path, tmp_path / "set.csv").table)
    assert table.column_names == list(COLUMNS)
    assert table.num_rows == len(rows)
    assert [str(label) for label in table["label"]] == [row["label"] for row in rows]
    assert [value.as_py() for value in table["size"]] == [
        int(row["size"]) if row["size"] else None for row in rows
    ]


def test_the_card_tells_classes_columns_and_digest(run: RunFolder, tmp_path: Path) -> None:
    exported = export_labels(run.path, tmp_path / "set.csv")
    card = (tmp_path / "set.md").read_text()
    assert hashlib.sha256((tmp_path / "set.csv").read_bytes()).hexdigest() in card
    assert "| attack | publish_flood | 22 |" in card
    assert f"| benign |  | {exported.rows - 23} |" in card
    assert all(f"| `{column}` |" in card for column in COLUMNS)
    assert "whole | yes" in card


def test_only_known_formats_are_written(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end it in \.csv or \.parquet"):
        export_labels(run.path, tmp_path / "set.xls")
