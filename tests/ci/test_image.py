"""The container image: what its Dockerfile copies is all that the package is built from."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "Dockerfile").read_text().splitlines()


def test_the_package_is_built_from_what_the_image_is_given(tmp_path: Path) -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = [line.split()[1:-1] for line in LINES if line.startswith("COPY") and "--from" not in line]
    names = {name for line in copied for name in line}
    assert names == let_through
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", "dist"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "simulator").rglob("*.py")}
    assert package <= held
    assert {"simulator/py.typed", "simulator/_scenarios/quickstart.yaml"} <= held


def test_it_runs_as_somebody_without_rights() -> None:
    last = LINES[max(number for number, line in enumerate(LINES) if line.startswith("FROM")) :]
    assert "USER fleetsim" in last
    assert 'ENTRYPOINT ["fleetsim"]' in last
    assert last.index("USER fleetsim") > max(
        number for number, line in enumerate(last) if line.startswith("RUN")
    )
