"""The scenarios that come with Fleetsim."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from simulator.scenario.document import read_document

ENDINGS = (".yaml", ".yml")
"""How the name of a scenario file ends."""


@cache
def shipped() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name, sorted."""
    package = Path(str(files("simulator")))
    # A wheel carries them inside the package; a source checkout beside it.
    folder = next((f for f in (package / "_scenarios", package.parent / "scenarios") if f.is_dir()), None)
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))} if folder else {}


def shipped_name(source: str) -> str:
    """Return a source as a shipped scenario would be called: no ending, underscores for hyphens."""
    for ending in ENDINGS:
        source = source.removesuffix(ending)
    return source.replace("-", "_")


def summaries() -> dict[str, str]:
    """Return what each shipped scenario says about itself, by name, without validating it."""
    return {name: _description(file) for name, file in shipped().items()}


def _description(file: Path) -> str:
    _, description = read_document(file.read_text(encoding="utf-8"), file.name).reach(("description",))
    return " ".join(description.split()) if isinstance(description, str) else ""
