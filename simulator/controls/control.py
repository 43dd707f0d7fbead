"""One control under test: a process that the run starts, watches and ends."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from simulator.controls.guardian import Guardian
from simulator.core.errors import RunFailedError
from simulator.scenario import ControlOptions
from simulator.truth.folder import writing

PYTHON = "python"
"""Stands in a command for the Python that runs Fleetsim."""

_POLL = 0.02
_LAST_WORDS = 2_000
"""Bytes of a log in which the last lines are looked for."""

_AT_ONCE = 1 << 16
"""Bytes of a log that are searched at once for the line that says it is ready."""

Sign = Callable[[], bool]
"""Says whether something has been seen."""


def command_line(options: ControlOptions) -> str:
    """Return a control's command as somebody would type it, without the values of its environment."""
    names = "".join(f"{name}=… " for name in options.env)
    return names + shlex.join(options.command or ())


class Control:
    """A control's process, in a session of its own so that Ctrl-C does not reach it.

    Args:
        options: what to start.
        place: the folder in which it runs.
        folder: takes its log, ``NAME.log``, and has a folder ``NAME`` for its files.
        environment: variables that tell it what it has to know.
        guardian: ends it if this process dies.

    Raises:
        RunFailedError: it cannot be started.
    """

    def __init__(
        self,
        options: ControlOptions,
        place: Path,
        folder: Path,
        environment: Mapping[str, str],
        guardian: Guardian,
    ) -> None:
        assert options.command is not None
        self.name = options.name
        self._options = options
        self._log = folder / f"{options.name}.log"
        self._begin = time.monotonic()
        program, *arguments = options.command
        program = sys.executable if program == PYTHON else program
        with writing(self._log):
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._process = subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=place,
                env=os.environ | dict(environment) | options.env,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise RunFailedError(
                f"the control {self.name} cannot be started: {error} (command {command_line(options)}, "
                f"in {place})"
            ) from error
        finally:
            os.close(log)
        guardian.guard(self._process.pid)
        self._over = False
        self._searched = 0

    @property
    def ended(self) -> str | None:
        """What is to be said about its end, None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        self.kill()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        after = time.monotonic() - self._begin
        said = self.said()
        words = f"; its last words: {said}" if said else ", without a word"
        return f"the control {self.name} {how} after {after:.1f} s{words} ({self._log})"

    def await_ready(self, subscribed: Sign, stopped: Sign) -> None:
        """Wait until it shows that it is ready.

        Args:
            subscribed: says whether its subscriptions have been seen.
            stopped: says whether the user has given up.

        Raises:
            RunFailedError: it ends, or shows nothing in time.
        """
        ready = self._options.ready
        begin = time.monotonic()
        while not stopped():
            if (ended := self.ended) is not None:
                raise RunFailedError(f"{ended}: it was not ready yet")
            waited = time.monotonic() - begin
            if ready.pause is not None:
                if waited >= ready.pause:
                    return
            elif self._has_said(ready.line) if ready.line is not None else subscribed():
                return
            elif waited > ready.patience:
                sign = f"no line with {ready.line!r}" if ready.line else "not enough subscriptions"
                said = self.said()
                raise RunFailedError(
                    f"the control {self.name} was not ready within {ready.patience:g} s: {sign} seen"
                    f"{f'; its last words: {said}' if said else ''} ({self._log})"
                )
            time.sleep(_POLL)

    def said(self) -> str:
        """Return the last lines that it has printed."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(self._log.stat().st_size - _LAST_WORDS, 0))
                lines = log.read(_LAST_WORDS).decode(errors="replace").splitlines()
        except OSError:
            return ""
        return " / ".join(line.strip() for line in lines[-3:] if line.strip())

    def ask_to_end(self) -> None:
        """Ask it to end, and all that it has started."""
        self._signal(signal.SIGTERM)

    def end(self) -> str | None:
        """Wait until it has ended, and kill it if it takes too long; return what is to be said about that."""
        late = None
        patience = self._options.stop_within
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            late = f"the control {self.name} did not end within {patience:g} s and was killed"
        self.kill()
        return late

    def kill(self) -> None:
        """Kill it, and all that it has started and that is still there."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._over = True

    def _signal(self, number: signal.Signals) -> None:
        # A group outlives its leader where that left children behind, and keeps its number as long. But once
        # it is over, the number may be another's.
        if not self._over:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _has_said(self, text: str | None) -> bool:
        """Return whether a line with this text has come since the last time."""
        wanted = (text or "").encode()
        with self._log.open("rb") as log:
            log.seek(self._searched)
            while added := log.read(_AT_ONCE):
                if wanted in added:
                    return True
                # What is sought may lie across two reads.
                self._searched += max(len(added) - len(wanted) + 1, 0)
                log.seek(self._searched)
                if len(added) < _AT_ONCE:
                    break
        return False
