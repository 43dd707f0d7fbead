"""A fleet that connects by certificate, every device with its own."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "bench"))

from bench_mtls import connect_all, devices_of, provisioned


def test_two_hundred_devices_connect_by_certificate_each_with_its_own(tmp_path: Path) -> None:
    devices = devices_of(200)
    folder = provisioned(tmp_path / "credentials", devices)
    certificates = {file.read_bytes() for file in (folder / "clients").glob("device-*.crt")}
    assert len(certificates) == 200
    secured = connect_all(folder, devices)
    assert secured.reached == 200
    assert secured.grown / 200 < 200_000, "bytes a device"
