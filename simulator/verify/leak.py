"""What a scan finds: whose data lies where, of which type and in which form."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from simulator.privacy import CanaryType


class Encoding(StrEnum):
    """A form that personal data is hidden in, on purpose or not.

    Attributes:
        CASE: in letters of another case.
        SEPARATED: with other separators between its characters, or with none.
        SPLIT_FIELDS: over several fields of a record.
        SPLIT_MESSAGES: over several records.
        URL: percent encoding (RFC 3986).
        JSON_ESCAPES: backslash escapes, as in text of JSON within JSON.
        HTML_ENTITIES: character references of HTML.
        UTF_16: two bytes a character, or four.
        HEX, BASE64: the usual two, the latter with either alphabet and at any alignment.
        GZIP: RFC 1952.
        MD5, SHA_1, SHA_256: a digest without salt, which anybody undoes who guesses the value.
    """

    CASE = "case"
    SEPARATED = "separated"
    SPLIT_FIELDS = "split_fields"
    SPLIT_MESSAGES = "split_messages"
    URL = "url"
    JSON_ESCAPES = "json_escapes"
    HTML_ENTITIES = "html_entities"
    UTF_16 = "utf_16"
    HEX = "hex"
    BASE64 = "base64"
    GZIP = "gzip"
    MD5 = "md5"
    SHA_1 = "sha_1"
    SHA_256 = "sha_256"


class Location(msgspec.Struct, frozen=True, gc=False):
    """A place in what came out of a control.

    Attributes:
        sink: the file, or a table in it.
        row: line or row, from 1.
        field: name of the field, with dots for those within others.
    """

    sink: str
    row: int
    field: str

    def __str__(self) -> str:
        return f"{self.sink}:{self.row}: {self.field}" if self.field else f"{self.sink}:{self.row}"


class Leak(msgspec.Struct, frozen=True):
    """One piece of personal data where it should not be.

    Attributes:
        type: what it stands for.
        people: whose it may be; one person, unless a household or a reserved range is shared.
        where: the place where it begins.
        encodings: the forms that had to be undone to read it, from the outermost; none for the raw value.
        value: as it was written in the message.
    """

    type: CanaryType
    people: tuple[str, ...]
    where: Location
    encodings: tuple[Encoding, ...]
    value: str
