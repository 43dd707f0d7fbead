"""A run sends what `generate` writes, however fast it goes."""

from __future__ import annotations

from pathlib import Path

from fleetsim_process import fleetsim, read


def test_two_speeds_and_generate_have_the_same_messages_and_truth(evening: Path, tmp_path: Path) -> None:
    slow, fast, offline = tmp_path / "slow", tmp_path / "fast", tmp_path / "offline"
    fleetsim("run", evening, "-o", slow, "--quiet")
    fleetsim("run", evening, "--speed", "max", "-o", fast, "--quiet")
    fleetsim("generate", evening, "-o", tmp_path / "stream.jsonl", "--truth", offline, "--quiet")
    for name in ("messages", "people", "consent"):
        files = [(folder / "truth" / f"{name}.jsonl").read_bytes() for folder in (slow, fast, offline)]
        assert files[0]
        assert files[0] == files[1] == files[2]
    for folder in (slow, fast):
        messages = read(folder / "summary.json")["messages"]
        assert messages["acknowledged"] == messages["due"] == files_rows(offline)
    assert all(read(folder / "manifest.json")["complete"] for folder in (slow, fast, offline))


def files_rows(folder: Path) -> int:
    return (folder / "truth" / "messages.jsonl").read_bytes().count(b"\n")
