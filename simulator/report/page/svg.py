"""SVG, element by element: small functions that return escaped markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Point = tuple[float, float]


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; children that are no markup are escaped, ``class_`` stands for ``class``.

    Attributes that are None are left out, and an underscore within a name becomes a hyphen.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _text(value))
        for key, value in attributes.items()
        if value is not None
    )
    content = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, content)


def figure(width: float, height: float, title: str, *children: object, class_: str = "") -> Markup:
    """Return a picture that scales to the room it has and tells its title to those who cannot see it."""
    return tag(
        "svg",
        *children,
        class_=f"figure {class_}".strip(),
        viewBox=f"0 0 {_text(width)} {_text(height)}",
        role="img",
        aria_label=title,
        xmlns="http://www.w3.org/2000/svg",
    )


def text(x: float, y: float, words: object, *, anchor: str = "start", class_: str | None = None) -> Markup:
    """Return words at a point; `anchor` is start, middle or end."""
    return tag("text", words, x=x, y=y, text_anchor=None if anchor == "start" else anchor, class_=class_)


def line(start: Point, end: Point, class_: str) -> Markup:
    """Return a straight line."""
    return tag("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str, title: str = "") -> Markup:
    """Return a rectangle, with a title that shows when it is pointed at."""
    children = (tag("title", title),) if title else ()
    return tag("rect", *children, x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=class_)


def circle(centre: Point, radius: float, class_: str, title: str = "") -> Markup:
    """Return a circle, with a title likewise."""
    children = (tag("title", title),) if title else ()
    return tag("circle", *children, cx=centre[0], cy=centre[1], r=radius, class_=class_)


def path(runs: Iterable[Sequence[Point]], class_: str) -> Markup:
    """Return lines through points; each run is drawn for itself, one of a single point as a dot."""
    drawn = []
    for run in runs:
        corners = run if len(run) > 1 else [*run, *run]
        drawn.append("M" + "L".join(f"{_text(x)} {_text(y)}" for x, y in corners))
    return tag("path", d="".join(drawn), class_=class_)


def group(*children: object, class_: str | None = None, transform: str | None = None) -> Markup:
    """Return elements together."""
    return tag("g", *children, class_=class_, transform=transform)


def _text(value: object) -> str:
    """Return an attribute's value; numbers with no more digits than can be seen."""
    if isinstance(value, float):
        return f"{value:.1f}".rstrip("0").rstrip(".")
    return str(value)
