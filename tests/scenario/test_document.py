"""Reading YAML: plain types, a place for every value, and words for what cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.document import MOST_VALUES, read_document


def wrongs(text: str) -> list[str]:
    return [str(located.problem()) for located in read_document(text, "f.yaml").problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("1:30", "1:30"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T17:00:00+10:30", "2026-03-02T17:00:00+10:30"),
        ("3.1.1", "3.1.1"),
        ("5", 5),
        ("010", 10),
        ("0o17", 15),
        ("0x1f", 31),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("~", None),
        ("", None),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("5000/s", "5000/s"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalars_have_the_types_of_yaml_1_2(text: str, value: object) -> None:
    assert read_document(f"key: {text}", "f.yaml").value == {"key": value}


def test_every_value_knows_its_line() -> None:
    document = read_document("name: x\ndevices:\n  - kind: a\n    owners: 1\n  - {kind: b}\n", "f.yaml")
    places = {path: place.text for path, place in document.places.items()}
    assert places == {
        (): "f.yaml",
        ("name",): "f.yaml:1",
        ("devices",): "f.yaml:2",
        ("devices", 0): "f.yaml:3",
        ("devices", 0, "kind"): "f.yaml:3",
        ("devices", 0, "owners"): "f.yaml:4",
        ("devices", 1): "f.yaml:5",
        ("devices", 1, "kind"): "f.yaml:5",
    }


def test_what_is_not_written_is_placed_at_what_surrounds_it() -> None:
    document = read_document("mqtt:\n  qos: 1\n", "f.yaml")
    assert document.place(("mqtt", "topic")).text == "f.yaml:1"
    assert document.place(("devices", 3, "kind")).text == "f.yaml"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: x\n\tseed: 1", 2, "a tab cannot indent"),
        ("name: a: b", 1, "a ':' too many"),
        ("name: x\nseed\nspeed: 1", 2, "a key without its ':'"),
        ("name: x\nworld: {shops: 1\nseed: 2", 3, "the closing '}' is missing"),
        ("devices: [a, b", 1, "the closing ']' is missing"),
        ("name: x\nseed: 'seven", 2, "a quote or bracket is never closed"),
        ("- a\nname: x", 2, "the indentation does not match"),
        ("name: @home", 1, "in quotes"),
        ("name: *x", 1, "names no anchor"),
        ("name: x\n---\nname: y", 2, "one scenario"),
    ],
)
def test_a_syntax_error_says_where_and_what(text: str, line: int, words: str) -> None:
    (wrong,) = wrongs(text)
    assert wrong.startswith(f"f.yaml:{line}: not valid YAML: ")
    assert words in wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml:3: the key 'a' is given twice; the first is on line 1"),
        ("? [a]\n: b", "f.yaml:1: a key must be a word"),
        ("a: !!python/object:os.system x", "f.yaml:1: the tag !!python/object:os.system is not known here"),
        ("a: &x [1, *x]", "f.yaml:1: the alias stands inside what it repeats"),
        ("a: 1\n<<: {b: 1}", "f.yaml:2: merge keys (<<) are not known here"),
        ("a: 1\nb: \x01", "f.yaml:2: the character U+0001 cannot stand in YAML"),
        ("[" * 3000, "f.yaml: values are nested too deeply"),
    ],
)
def test_what_yaml_allows_but_a_scenario_does_not(text: str, wrong: str) -> None:
    assert len(wrongs(text)) == 1
    assert wrongs(text)[0].startswith(wrong)


def test_aliases_repeat_a_value() -> None:
    document = read_document("a: &x {qos: 1}\nb: *x", "f.yaml")
    assert document.value == {"a": {"qos": 1}, "b": {"qos": 1}}
    document.value["a"]["qos"] = 2
    assert document.value["b"] == {"qos": 1}


def test_aliases_of_aliases_are_bounded() -> None:
    rows = ["a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert wrongs("\n".join(rows)) == [f"f.yaml: there are more than {MOST_VALUES:,} values in it"]


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF) | st.sampled_from("\ud800\x00&*!{}[]:-? \n'\"|>")))
def test_any_text_is_read_or_refused_but_never_raises(text: str) -> None:
    document = read_document(text, "f.yaml")
    assert document.places[()].text == "f.yaml"
    assert all(located.message for located in document.problems)
