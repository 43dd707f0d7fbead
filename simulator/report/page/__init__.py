"""What all pages share: each is one file that asks for nothing else, in light and dark, on any screen."""

from __future__ import annotations

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


@cache
def environment(*packages: str) -> Environment:
    """Return what renders the templates of some packages; they may extend ``base.html.jinja``.

    Whatever is put into a template is text there, never markup, unless it says that it is markup. A page
    gives `title`, `version` and `facts` (pairs of a name and a value; none are shown if it is empty).
    """
    return Environment(
        loader=ChoiceLoader([PackageLoader(package, "") for package in (*packages, "simulator.report.page")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
