"""Ways to hide a text, each as a control or an accident would, and the encodings that a scan has to name."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
from collections.abc import Callable
from urllib.parse import quote

from simulator.verify import Encoding

Hide = Callable[[str], bytes]


def _url_all(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode()).encode()


def _base64_after(lead: bytes) -> Hide:
    return lambda text: base64.b64encode(lead + text.encode() + b" and on")


def _digest(name: str, change: Callable[[str], str] = lambda text: text) -> Hide:
    return lambda text: hashlib.new(name, change(text).encode()).hexdigest().encode()


def _alnum(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


WAYS: dict[str, tuple[Hide, Encoding | None]] = {
    "raw": (lambda text: f"about {text} today".encode(), None),
    "upper case": (lambda text: text.upper().encode(), Encoding.CASE),
    "lower case": (lambda text: text.lower().encode(), Encoding.CASE),
    "swapped case": (lambda text: text.swapcase().encode(), Encoding.CASE),
    "url": (lambda text: quote(text, safe="").encode(), Encoding.URL),
    "url, every byte": (_url_all, Encoding.URL),
    "url, twice": (lambda text: quote(_url_all(text)).encode(), Encoding.URL),
    "json escapes": (lambda text: "".join(f"\\u{ord(c):04x}" for c in text).encode(), Encoding.JSON_ESCAPES),
    "json escapes of punctuation": (
        lambda text: "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in text).encode(),
        Encoding.JSON_ESCAPES,
    ),
    "html": (lambda text: "".join(f"&#{ord(c)};" for c in text).encode(), Encoding.HTML_ENTITIES),
    "html, hex": (lambda text: "".join(f"&#x{ord(c):x};" for c in text).encode(), Encoding.HTML_ENTITIES),
    "html, named": (
        lambda text: html.escape(text).replace("@", "&commat;").replace(".", "&period;").encode(),
        None,
    ),
    "utf-16 le": (lambda text: text.encode("utf-16-le"), Encoding.UTF_16),
    "utf-16 be": (lambda text: text.encode("utf-16-be"), Encoding.UTF_16),
    "utf-16 with mark": (lambda text: text.encode("utf-16"), Encoding.UTF_16),
    "utf-32": (lambda text: text.encode("utf-32-le"), Encoding.UTF_16),
    "utf-16 in json": (
        lambda text: "".join(f"{c}\\u0000" for c in text).encode(),
        Encoding.JSON_ESCAPES,
    ),
    "hex": (lambda text: text.encode().hex().encode(), Encoding.HEX),
    "hex, upper case": (lambda text: text.encode().hex().upper().encode(), Encoding.HEX),
    "hex after a digit": (lambda text: b"7" + text.encode().hex().encode() + b"7", Encoding.HEX),
    "hex of utf-16": (lambda text: text.encode("utf-16-le").hex().encode(), Encoding.HEX),
    "base64": (lambda text: base64.b64encode(text.encode()), Encoding.BASE64),
    "base64, 1 on": (_base64_after(b"x"), Encoding.BASE64),
    "base64, 2 on": (_base64_after(b"xy"), Encoding.BASE64),
    "base64, in a word": (lambda text: b"abcde" + base64.b64encode(text.encode()) + b"xyz", Encoding.BASE64),
    "base64, url-safe": (
        lambda text: base64.urlsafe_b64encode(b"\xfb\xff\xfe" + text.encode()).rstrip(b"="),
        Encoding.BASE64,
    ),
    "base64 in lines": (lambda text: base64.encodebytes(b"-" * 50 + text.encode() * 3), Encoding.BASE64),
    "base64 of utf-16": (lambda text: base64.b64encode(text.encode("utf-16-le")), Encoding.BASE64),
    "base64 of base64": (lambda text: base64.b64encode(base64.b64encode(text.encode())), Encoding.BASE64),
    "base64 of hex": (lambda text: base64.b64encode(text.encode().hex().encode()), Encoding.BASE64),
    "hex of base64": (lambda text: base64.b64encode(text.encode()).hex().encode(), Encoding.HEX),
    "base64, url-encoded": (
        lambda text: quote(base64.b64encode(b"?>" + text.encode()), safe="").encode(),
        Encoding.BASE64,
    ),
    "gzip": (lambda text: gzip.compress(b"so " + text.encode(), mtime=0), Encoding.GZIP),
    "gzip as text": (
        lambda text: gzip.compress(text.encode(), mtime=0).decode("latin-1").encode(),
        Encoding.GZIP,
    ),
    "gzip in base64": (
        lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)),
        Encoding.GZIP,
    ),
    "gzip in hex": (lambda text: gzip.compress(text.encode(), mtime=0).hex().encode(), Encoding.GZIP),
    "md5": (_digest("md5"), Encoding.MD5),
    "md5 of lower case": (_digest("md5", str.lower), Encoding.MD5),
    "md5, upper case": (lambda text: _digest("md5")(text).upper(), Encoding.MD5),
    "sha-1": (_digest("sha1"), Encoding.SHA_1),
    "sha-1 trimmed": (_digest("sha1", str.strip), Encoding.SHA_1),
    "sha-256": (_digest("sha256"), Encoding.SHA_256),
    "sha-256 of letters and digits": (_digest("sha256", _alnum), Encoding.SHA_256),
    "sha-256, named": (lambda text: b"sha256_" + _digest("sha256")(text), Encoding.SHA_256),
    "sha-256, beginning": (lambda text: _digest("sha256")(text)[:16], Encoding.SHA_256),
    "sha-256 in base64": (
        lambda text: base64.b64encode(hashlib.sha256(text.encode()).digest()),
        Encoding.SHA_256,
    ),
    "dashes between": (lambda text: "-".join(text).encode(), Encoding.SEPARATED),
    "blanks between": (lambda text: " ".join(text).encode(), Encoding.SEPARATED),
    "nothing visible between": (lambda text: "\u200b".join(text).encode(), Encoding.SEPARATED),
}
"""How a text is hidden, and an encoding that must be named; None where the core needs none."""
