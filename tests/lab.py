"""A network of its own without a route to anywhere, with a broker's machine in it that is not loopback.

Run as a program it prepares the network namespace that it is started in and then becomes the command that
it is given. Needs util-linux (unshare, nsenter) and no other right than that to make a user namespace.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ADDRESS = "10.99.0.1"
"""Of the broker's machine: it is the lab's own, but not a loopback address."""

_SIOCSIFFLAGS = 0x8914
_SIOCSIFADDR = 0x8916
_IFF_UP = 0x1


class Lab:
    """A network namespace that lasts for a ``with``; commands run in it through `under`.

    Args:
        folder: for the lab's own files.
        hosts: further names, by all their addresses, that commands in the lab can resolve.
    """

    def __init__(self, folder: Path, hosts: dict[str, Sequence[str]] | None = None) -> None:
        self._hosts = folder / "hosts"
        lines = [f"{address} {name}" for name, every in (hosts or {}).items() for address in every]
        self._hosts.write_text("\n".join(["127.0.0.1 localhost", *lines]) + "\n")
        self._ready = folder / "ready"

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [
                *("unshare", "--map-root-user", "--net", "--mount"),
                *(sys.executable, __file__, str(self._hosts), "sh", "-c", "echo; exec sleep infinity"),
            ],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"\n", "the lab could not be set up"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def under(self) -> list[str]:
        """What to put before a command so that it runs in the lab."""
        return [
            *("nsenter", "--target", str(self._process.pid), "--preserve-credentials"),
            *("--user", "--net", "--mount", "--wd=" + os.getcwd()),
        ]


def _prepare(hosts: str) -> None:
    """Bring loopback up, give it the broker's address, and put other names in the place of the system's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
        address = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(ADDRESS))
        fcntl.ioctl(sock, _SIOCSIFADDR, address)
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)


if __name__ == "__main__":
    _prepare(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
