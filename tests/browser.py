"""A headless Chromium, driven over its DevTools pipe, that says what a page does."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

BINARIES = ("chromium", "chromium-browser", "google-chrome")

Message = dict[str, Any]

_STICKING_OUT = """[...document.querySelectorAll('main :not(.scroll *):not(svg *):not(.hidden)')]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1).length"""

_AXE = Path(str(distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")))
"""The script of axe-core; of the package that brings it only this file is used."""

_RUN_AXE = """axe.run(document, {resultTypes: ['violations'], preload: false}).then(found => {
    return found.violations.flatMap(rule => rule.nodes.map(node =>
        `${rule.id}: ${rule.help}: ${node.html.slice(0, 160)} ${node.any.map(each => each.message)}`));
})"""


@dataclass
class Visit:
    """What happened while a page loaded.

    Attributes:
        requests: addresses that it asked for.
        complaints: errors and warnings on its console, and exceptions.
    """

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Browser:
    """Chromium, without a network: whatever a page asks for is noted."""

    def __init__(self, profile: Path) -> None:
        binary = next(filter(None, map(shutil.which, BINARIES)), None)
        assert binary is not None, "Chromium is needed: apt-get install chromium"
        out_read, out_write = os.pipe()
        in_read, in_write = os.pipe()
        # Chromium reads its commands from file descriptor 3 and answers on 4.
        arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars", "--disable-component-update",
            "--disable-background-networking", f"--user-data-dir={profile}", "about:blank",
        ]  # fmt: skip
        # Not every sh knows file descriptors of two digits; bash does.
        command = ["bash", "-c", f'exec "$0" "$@" 3<&{out_read} 4>&{in_write}', binary, *arguments]
        self._process = subprocess.Popen(
            command,
            pass_fds=(out_read, in_write),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(out_read)
        os.close(in_write)
        self._commands = os.fdopen(out_write, "wb", buffering=0)
        self._answers = os.fdopen(in_read, "rb")
        self._number = 0
        self._session: str | None = None
        self.visit = Visit()
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self._call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._commands.close()
        self._process.terminate()
        self._process.wait(10)
        self._answers.close()

    def show(self, page: Path, *, width: int, height: int = 900, dark: bool = False) -> Visit:
        """Load a page in a window of some size, offline, and return what it did."""
        self.visit = Visit()
        self._call("Network.emulateNetworkConditions", offline=True, latency=0,
                   downloadThroughput=-1, uploadThroughput=-1)  # fmt: skip
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=width < 600)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        self._call("Page.navigate", url=page.as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass
        return self.visit

    def ask(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript on the page."""
        said = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def axe(self) -> list[str]:
        """Return what axe-core, the engine of accessibility tests, finds wrong with the page: a line each."""
        self.ask(_AXE.read_text(encoding="utf-8"))
        found = self.ask(_RUN_AXE)
        return [str(each) for each in found]

    def sticking_out(self) -> int:
        """Return how many elements of the page's content reach beyond its right edge."""
        return int(self.ask(_STICKING_OUT))

    def photograph(self, path: Path, *, top: int = 0, height: int | None = None) -> bytes:
        """Write the page as a picture, or a strip of it, and return the bytes."""
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {
            "x": 0,
            "y": top,
            "width": size["width"],
            "height": height or size["height"] - top,
            "scale": 1,
        }
        shot = self._call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        picture = base64.b64decode(shot["data"])
        path.write_bytes(picture)
        return picture

    def _call(self, method: str, **parameters: Any) -> Message:
        self._number += 1
        command: Message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            command["sessionId"] = self._session
        self._commands.write(msgspec.json.encode(command) + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                assert "error" not in message, message
                return dict(message["result"])

    def _next(self) -> Message:
        """Return what the browser says next, and note it if it is about the page."""
        said = bytearray()
        while (letter := self._answers.read(1)) != b"\0":
            assert letter, "the browser is gone"
            said += letter
        message: Message = msgspec.json.decode(bytes(said))
        parameters = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.visit.requests.append(parameters["request"]["url"])
            case "Log.entryAdded":
                self.visit.complaints.append(parameters["entry"]["text"])
            case "Runtime.consoleAPICalled":
                self.visit.complaints.append(str(parameters["args"]))
            case "Runtime.exceptionThrown":
                self.visit.complaints.append(str(parameters["exceptionDetails"]))
        return message
