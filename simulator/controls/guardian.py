"""Sees to it that no control outlives the run, even if the run is killed."""

from __future__ import annotations

import subprocess
from types import TracebackType
from typing import Self

# It reads process groups until the pipe from us closes, because we are killed, and ends them all. It works
# on every POSIX system, unlike PR_SET_PDEATHSIG.
_WATCH = """
groups=
while read -r group; do groups="$groups -$group"; done
for group in $groups; do kill -s TERM -- "$group" 2>/dev/null; done
sleep 3
for group in $groups; do kill -s KILL -- "$group" 2>/dev/null; done
"""


class Guardian:
    """Ends process groups when this process dies; use it in a ``with``, and end them yourself before."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            start_new_session=True,
        )
        return self

    def guard(self, group: int) -> None:
        """End this process group too."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{group}\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Before the pipe closes: the groups are over, and their numbers may be another's.
        self._process.kill()
        self._process.communicate()
