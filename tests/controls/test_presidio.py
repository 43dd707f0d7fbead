"""Microsoft Presidio, without a model, as a control under test: its recall by type, as `verify` tells it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleetsim_process import fleetsim, read

from simulator.privacy import CanaryType


def test_its_recall_is_told_by_type_with_intervals(tmp_path: Path) -> None:
    run = tmp_path / "run"
    fleetsim("run", "presidio_check", "--duration", "2d", "-o", run, "--quiet")
    verdict = read(run / "verify.json")
    assert verdict["join"]["unjoined"] == 0
    recall = {one["part"]: one for one in verdict["checks"] if one["check"] == "redaction" and one["part"]}
    assert recall.keys() <= set(CanaryType)
    for one in recall.values():
        assert one["low"] <= one["value"] <= one["high"]
        assert one["low"] < one["high"]
    # An address has a shape that a pattern can find; of what a name looks like, no pattern knows.
    assert recall["email"]["verdict"] == "held"
    assert recall["name"]["verdict"] == recall["contact"]["verdict"] == "failed"
    assert recall["name"]["high"] < 0.05


def test_without_presidio_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "presidio_analyzer.py").write_text("raise ModuleNotFoundError('no presidio here')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    _, told = fleetsim("run", "presidio_check", "-o", tmp_path / "run", "--quiet", code=1)
    assert "pip install 'fleetsim[presidio]'" in " ".join(told.split())
