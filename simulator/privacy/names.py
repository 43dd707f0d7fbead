"""First names, streets and conditions that canaries are made of."""

from __future__ import annotations

from collections.abc import Sequence

WOMEN: Sequence[str] = (
    "Alma", "Amara", "Bettina", "Carys", "Cora", "Dilys", "Edda", "Esme", "Farah", "Giulia", "Greta", "Hana",
    "Ida", "Ines", "Jocelyn", "Kavya", "Keiko", "Linh", "Mina", "Neve", "Orla", "Petra", "Rosa", "Saoirse",
    "Tilda", "Umi", "Vera", "Wanda", "Yara", "Zofia", "Maria", "Sarah",
)  # fmt: skip
MEN: Sequence[str] = (
    "Anton", "Arlo", "Bashir", "Bruno", "Cedric", "Darragh", "Dinh", "Emeka", "Enzo", "Felix", "Gideon",
    "Hugo", "Ivo", "Jonas", "Kofi", "Leo", "Malik", "Nuri", "Oskar", "Pavel", "Quinn", "Rafael", "Rohan",
    "Sami", "Stellan", "Theo", "Tomas", "Viktor", "Wendell", "Yusuf", "Michael", "David",
)  # fmt: skip

WAYS: Sequence[str] = ("Street", "Road", "Avenue", "Lane", "Close", "Court", "Drive", "Terrace")

TOWN = "Wirrabeen SA 5999"
"""A town that does not exist, with a postcode that no place has."""

AREA_CODES: Sequence[str] = (
    "202", "206", "212", "213", "303", "305", "312", "404", "415", "503", "512", "602", "612", "615", "617",
    "702", "713", "808", "816", "907",
)  # fmt: skip
"""Of the North American Numbering Plan. In each, 555-0100 to 555-0199 are kept for fiction."""

CONDITIONS: Sequence[str] = (
    "asthma", "epilepsy", "type 1 diabetes", "type 2 diabetes", "hypertension", "depression",
    "rheumatoid arthritis", "hepatitis C", "HIV infection", "breast cancer", "bipolar disorder",
    "infertility", "Crohn's disease", "migraine", "kidney failure", "multiple sclerosis",
)  # fmt: skip
