"""YAML of others: texts, lists and mappings, and no surprises."""

from __future__ import annotations

import pytest

from autograder.lms.plain_yaml import Plain, load_plain

# Each level holds the one before ten times; as text it would fill any memory.
MULTIPLYING = "a0: &a0 [x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 25)
)
MERGING = "a0: &a0 {x: 1}\n" + "".join(
    f"a{level}: &a{level} {{<<: [*a{level - 1}, *a{level - 1}]}}\n" for level in range(1, 60)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("''", ""),
        ("007", "007"),
        ("[1e3, true, 2027-01-31, null, 'null']", ["1e3", "true", "2027-01-31", None, "null"]),
        (":a: !ruby/object:X {b: &n c, d: *n}", {":a": {"b": "c", "d": "c"}}),
        ("a: !!int x\nb: !binary aGk=", {"a": "x", "b": "aGk="}),
        ("one\n--- two", "one"),
        ("? ~\n: x", {"": "x"}),
    ],
)
def test_everything_is_text(text: str, value: Plain) -> None:
    assert load_plain(text.encode()) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [}", "did not find expected"),
        ("[" * 100_000, "nested too deeply"),
        ("{a: " * 31, "nested too deeply"),
        ("? [a]\n: x", "a key that is no text"),
        ("&a [*a]", "an alias of what is not there: a"),
        ("*a", "an alias of what is not there: a"),
        ("!!python/tuple []", "a type that nobody exports"),
        ("!x y", "a type that nobody exports"),
        ("\x00", "control characters"),
    ],
)
def test_what_is_refused_is_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        load_plain(text.encode())


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.lms.plain_yaml._MAX_VALUES", 50)
    assert load_plain(b"- x\n" * 20) == ["x"] * 20
    with pytest.raises(ValueError, match="too long"):
        load_plain(b"- x\n" * 50)


@pytest.mark.parametrize("text", [MULTIPLYING, MERGING])
def test_aliases_multiply_nothing(text: str) -> None:
    assert isinstance(load_plain(text.encode()), dict)
