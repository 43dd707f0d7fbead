"""The scanner finds every canary in every form, tells whose it is, and raises no false alarm."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hiding import WAYS

from simulator.privacy import Canaries, Canary, CanaryType, Mode, Subject, run_key
from simulator.verify import Catalogue, Encoding, Leak, Record, Scanner

PEOPLE = [Subject(f"n0-h{i // 3}-p{i % 3}", f"n0-h{i // 3}", bool(i % 2), 1930 + i % 90) for i in range(600)]
BYSTANDER = {"device": b"k3m9p2q7r8st", "id": b"9f86d081884c7d65", "event": b"utterance"}


@pytest.fixture(scope="module", params=list(Mode))
def canaries(request: pytest.FixtureRequest) -> Canaries:
    return Canaries(run_key(11), request.param)


@pytest.fixture(scope="module")
def scanner(canaries: Canaries) -> Scanner:
    return Scanner(Catalogue(canaries, PEOPLE))


def record(row: int = 1, **fields: bytes) -> Record:
    everything = {**BYSTANDER, **fields}
    return Record("sink.jsonl", row, tuple(everything), tuple(everything.values()))


def some_of(canaries: Canaries, kind: CanaryType) -> Iterator[Canary]:
    """Yield a canary of a type for some people."""
    for subject in PEOPLE[:600:120]:
        yield canaries.make(kind, subject)


def tells(leaks: list[Leak], canary: Canary, encoding: Encoding | None = None) -> bool:
    """Return whether some leak tells of a canary."""
    return any(
        leak.type is canary.type
        and canary.person in leak.people
        and (encoding is None or encoding in leak.encodings)
        for leak in leaks
    )


class TestMatrix:
    @pytest.mark.parametrize("way", WAYS)
    def test_every_type_is_found_in_every_form(self, scanner: Scanner, canaries: Canaries, way: str) -> None:
        hide, encoding = WAYS[way]
        for canary in (one for kind in CanaryType for one in some_of(canaries, kind)):
            hidden = hide(canary.value)
            # Some values are not changed by it, or not in the part that counts.
            unchanged = hidden == canary.value.encode() or encoding in (Encoding.CASE, Encoding.SEPARATED)
            named = None if unchanged else encoding
            leaks = list(scanner.scan([record(text=hidden)]))
            assert tells(leaks, canary, named), hidden
            assert {leak.where.field for leak in leaks} == {"text"}

    @pytest.mark.parametrize("kind", CanaryType)
    def test_every_type_is_found_split_over_fields_wherever_it_is_cut(
        self, scanner: Scanner, canaries: Canaries, kind: CanaryType
    ) -> None:
        for canary in some_of(canaries, kind):
            text = canary.value.encode()
            for cut in range(1, len(text)):
                leaks = list(scanner.scan([record(first=text[:cut], second=text[cut:])]))
                assert tells(leaks, canary), (text, cut)

    @pytest.mark.parametrize("kind", CanaryType)
    def test_every_type_is_found_split_over_messages_of_a_device(
        self, scanner: Scanner, canaries: Canaries, kind: CanaryType
    ) -> None:
        """The second part comes after messages of others."""
        for canary in some_of(canaries, kind):
            text = canary.value.encode()
            for cut in range(1, len(text), 3):
                others = [record(row, device=b"other%d" % row, text=b"nothing") for row in (2, 3)]
                first, second = record(1, text=text[:cut]), record(4, text=text[cut:], id=b"77aa0f1e2d3c4b5a")
                leaks = list(scanner.scan([first, *others, second]))
                assert tells(leaks, canary), (text, cut)

    def test_parts_in_different_blocks_are_joined(self, scanner: Scanner, canaries: Canaries) -> None:
        canary = canaries.make(CanaryType.EMAIL, PEOPLE[5])
        filler = [record(row, device=b"other", text=b"y" * 60_000) for row in range(2, 40)]
        half = len(canary.value) // 2
        first, second = canary.value[:half].encode(), canary.value[half:].encode()
        leaks = list(scanner.scan([record(1, text=first), *filler, record(40, text=second)]))
        assert [leak.encodings for leak in leaks] == [(Encoding.SPLIT_MESSAGES,)]
        assert leaks[0].where.row == 1


class TestWhatIsTold:
    @pytest.mark.parametrize(
        ("written", "encodings"),
        [
            ("AC-{}", ()),
            ("ac-{}", (Encoding.CASE,)),
            ("A C - {}", ()),
            ("{0[0]}-{0[1]}", (Encoding.SEPARATED,)),
        ],
    )
    def test_a_form_is_named_if_the_part_that_counts_has_it(
        self, written: str, encodings: tuple[Encoding, ...]
    ) -> None:
        maker = Canaries(run_key(11))
        core = maker.make(CanaryType.ACCOUNT, PEOPLE[4]).core
        core = core if written.islower() else core.upper()
        text = written.format((core[:9], core[9:]) if "0" in written else core)
        (leak,) = Scanner(Catalogue(maker, PEOPLE)).scan([record(text=text.encode())])
        assert leak.encodings == encodings

    def test_a_leak_names_person_type_and_place(self, scanner: Scanner, canaries: Canaries) -> None:
        canary = canaries.make(CanaryType.ACCOUNT, PEOPLE[10])
        (leak,) = scanner.scan([record(1), record(2, note=b"of " + canary.value.encode())])
        assert (leak.type, leak.people, leak.encodings) == (CanaryType.ACCOUNT, (PEOPLE[10].person,), ())
        assert (str(leak.where), leak.value) == ("sink.jsonl:2: note", canary.value)

    def test_a_name_tells_one_of_a_family_a_surname_all_of_it(self) -> None:
        maker = Canaries(run_key(11))
        finder = Scanner(Catalogue(maker, PEOPLE))
        family = PEOPLE[:3]
        names = [maker.make(CanaryType.NAME, one).value for one in family]
        assert len(set(names)) == 3
        (leak,) = finder.scan([record(text=names[1].encode())])
        assert leak.people == (family[1].person,)
        (leak,) = finder.scan([record(text=names[1].split()[1].encode())])
        assert leak.people == tuple(one.person for one in family)

    def test_each_form_in_a_value_is_told_once(self, scanner: Scanner, canaries: Canaries) -> None:
        value = canaries.make(CanaryType.EMAIL, PEOPLE[0]).value
        leaks = list(scanner.scan([record(text=f"{value} {value} {value.encode().hex()}".encode())]))
        assert sorted(leak.encodings for leak in leaks) == [(), (Encoding.HEX,)]

    def test_the_name_of_a_field_leaks_too(self, scanner: Scanner, canaries: Canaries) -> None:
        value = canaries.make(CanaryType.EMAIL, PEOPLE[0]).value
        leaks = list(scanner.scan([record(row, **{value: b"1"}) for row in (1, 2, 3)]))
        assert [leak.where.row for leak in leaks] == [1]

    def test_bytes_are_scanned_line_by_line(self, scanner: Scanner, canaries: Canaries) -> None:
        value = canaries.make(CanaryType.PAYMENT_CARD, PEOPLE[3]).value
        (leak,) = scanner.scan_bytes(f"one\ntwo {value}\nthree".encode())
        assert leak.where.row == 2


class TestFalseAlarms:
    def test_the_canaries_of_another_run_are_nobody_s(self, scanner: Scanner, canaries: Canaries) -> None:
        other = Canaries(run_key(12), canaries.mode)
        made = [one for subject in PEOPLE[:200] for one in other.of(subject)]
        texts = [one.value.encode() for one in made if one.type is not CanaryType.DEVICE_MAC]
        assert not list(scanner.scan(record(row, text=text) for row, text in enumerate(texts)))

    def test_a_changed_character_makes_a_core_nobody_s(self, canaries: Canaries) -> None:
        catalogue = Catalogue(canaries, PEOPLE)
        for kind in CanaryType:
            core = canaries.make(kind, PEOPLE[7]).core
            assert catalogue.whose(core)
            if kind is not CanaryType.DEVICE_MAC:
                assert not catalogue.whose(core[:-1] + ("x" if core[-1] != "x" else "z"))

    def test_telemetry_numbers_digests_and_noise_raise_none(self, scanner: Scanner) -> None:
        generator = random.Random(3)

        def line() -> bytes:
            digits = "".join(generator.choices("0123456789", k=300))
            noise = generator.randbytes(120)
            return b"%s 2026-03-02T13:37:%02d.%03dZ %s %s 424242 2424242 555 01 vexo" % (
                digits.encode(),
                generator.randrange(60),
                generator.randrange(1000),
                noise.hex().encode(),
                noise,
            )

        assert not list(scanner.scan(record(row, text=line()) for row in range(4_000)))

    def test_nothing_holds_nothing(self, scanner: Scanner) -> None:
        assert not list(scanner.scan([]))
        assert not list(scanner.scan_bytes(b""))
        assert not list(Scanner(Catalogue(Canaries(run_key(1)), [])).scan([record(text=b"vexo" * 9)]))
