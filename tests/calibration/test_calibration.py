"""The simulated people, homes and shops agree with what published studies found.

Populations of half the size are lived through once for all of these rows: those whose tolerance is at least
twice the sampling error that is left then. `fleetsim inspect --calibration` measures all rows, at full size.
"""

from __future__ import annotations

import pytest

from simulator.calibration import Finding, Verdict, calibrate_on, row, select

SCALE = 0.5

ROWS = (
    "rhr_day_night_gap",
    "hr_nadir_hour",
    "hr_per_cadence",
    "sleep_duration",
    "sleep_night_sd",
    "sleep_sex_gap",
    "skin_temp_rise",
    "spo2_sleep",
    "rmssd_by_age",
    "hr_sampling_watch",
    "sync_burst",
    "unsynced_store",
    "category_order",
    "false_wake_rate",
    "false_wake_long",
    "speaker_ownership",
    "speaker_room",
    "asr_wer",
    "rfid_read_rate",
    "bearing_ims",
    "out_of_stock",
    "demand_family",
    "shoppers_day",
    "shop_peak",
    "trip_length",
    "trips_week",
    "commute_mean",
    "work_on_weekday",
    "exercise_day",
    "unicity_4",
)


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    found = calibrate_on(2, select(ROWS), scale=SCALE)
    return {finding.target.id: finding for finding in found}


@pytest.mark.parametrize("target", ROWS)
def test_the_row_holds(findings: dict[str, Finding], target: str) -> None:
    finding = findings[target]
    assert finding.verdict is Verdict.HELD, row(finding).reason


def test_stopping_keeps_what_is_done() -> None:
    found = list(calibrate_on(1, select(["bearing_ims", "hr_nadir_hour", "pill"]), stopped=lambda: True))
    assert {finding.target.id for finding in found} == {"pill_detected", "pill_adherence", "bearing_ims"}


def test_stopping_ends_the_processes() -> None:
    targets = select(["pill_detected", "hr_nadir_hour", "shrink", "unsynced_store", "irregular_pulse"])
    found = {finding.target.id for finding in calibrate_on(2, targets, stopped=lambda: True)}
    assert found <= {"pill_detected"}
