"""A broker's process: started, watched, and never left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from simulator.broker.ports import LOOPBACK
from simulator.core.descriptors import descriptor_room
from simulator.core.errors import RunFailedError

_START = 15.0
"""Seconds for a broker to listen."""

_STOP = 5.0
"""Seconds for a broker to end when asked to."""

_POLL = 0.02

# A shell starts the broker and waits at a pipe from us. When the pipe closes, because we stop or are
# killed, it ends the broker. It works on every POSIX system, unlike PR_SET_PDEATHSIG.
_KEEPER = """
log=$1
shift
exec 3<&0
"$@" 3<&- </dev/null >"$log" 2>&1 &
broker=$!
echo "$broker"
exec >/dev/null
{ read -r _ <&3; kill -TERM "$broker" 2>/dev/null; sleep 3; kill -KILL "$broker" 2>/dev/null; } &
keeper=$!
wait "$broker"
code=$?
kill "$keeper" 2>/dev/null
exit "$code"
"""


class Child:
    """One run of a broker's process, in a session of its own so that Ctrl-C does not reach it.

    Args:
        name: what to call it in messages.
        command: program and arguments; the program is found already.
        ports: where it will listen on 127.0.0.1.
        folder: where to write what it says.
        patience: seconds for it to listen.

    Attributes:
        log: the file that holds all that it says.

    Raises:
        RunFailedError: it does not listen in time.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        ports: Sequence[int],
        folder: Path,
        patience: float = _START,
    ) -> None:
        self.name = name
        self._patience = patience
        self.log = folder / "broker.log"
        descriptor_room()  # the broker inherits the file limit and needs a socket for every device
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", str(self.log), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        first_line = self._keeper.stdout.readline().strip() if self._keeper.stdout else ""
        if not first_line.isdigit():
            self._close()
            raise RunFailedError(f"{name} could not be started: /bin/sh gave no process id")
        self.pid = int(first_line)
        self._await(lambda: all(listening(port) for port in ports))

    def _await(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self._patience
        while not ready():
            if not self.running:
                said = self.said()
                self.stop()
                raise RunFailedError(f"{self.name} did not start: {said or 'it ended without a word'}")
            if time.monotonic() > deadline:
                said = self.said()
                self.stop()
                raise RunFailedError(
                    f"{self.name} did not listen within {self._patience:.0f} s. {said}".rstrip()
                )
            time.sleep(_POLL)

    @property
    def running(self) -> bool:
        """Whether the broker's process is alive."""
        return self._keeper.poll() is None

    def cpu_seconds(self) -> float | None:
        """Return the processor time that the broker has used; None where the system does not tell."""
        try:
            status = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return None
        # Fields 14 and 15, user and system time in clock ticks; the name in field 2 may hold anything.
        ticks = status.rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def said(self) -> str:
        """Return the last lines that the broker has written."""
        lines = self.log.read_text(errors="replace").splitlines()[-3:] if self.log.exists() else []
        return " / ".join(line.strip() for line in lines if line.strip())

    def stop(self) -> None:
        """End the broker and wait until it has; safe to call twice."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a crash would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)
            try:
                self._keeper.wait(_STOP)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
                self._keeper.wait(_STOP)
        self._close()

    def _close(self) -> None:
        """Close the pipes, at which the keeper ends too, and wait until it has."""
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            if pipe is not None:
                pipe.close()
        self._keeper.wait()


def listening(port: int) -> bool:
    """Return whether something accepts connections on the port of 127.0.0.1."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0):
            return True
    except OSError:
        return False


def write_private(folder: Path, name: str, text: str) -> Path:
    """Write a configuration file that only we can read; return its path."""
    path = folder / name
    path.touch(mode=0o600)
    path.write_text(text)
    return path
