"""Any stages, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from simulator.core.stages import Shape, Stage

seconds = st.floats(min_value=0.01, max_value=3600)
rates = st.one_of(st.just(0.0), st.floats(min_value=0.01, max_value=100_000))
shares = st.floats(min_value=0, max_value=1)


def stages(levels: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[Stage, ...]]:
    """Return chains of stages of every shape, with levels of the given kind."""
    stage = st.builds(
        Stage,
        shape=st.sampled_from(Shape),
        seconds=seconds,
        level=st.none() | levels,
        start=st.none() | levels,
        steps=st.integers(1, 12),
    )
    return st.lists(stage, min_size=1, max_size=6).map(tuple)


moments = st.floats(min_value=0, max_value=1)
"""As a part of the time that a chain takes."""
