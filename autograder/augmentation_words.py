"""What an augmentation does, in words: for the terminal and for the pages.

Takes what `autograder.probing` found, or the part of a report that says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

_KERAS_FILLS = {"edge": "nearest", "symmetric": "reflect", "reflect": "mirror"}
_EXPLAINED = {
    "turn": "turned, clockwise above 0",
    "shift across": "moved to the right",
    "shift down": "moved downwards",
    "zoom": "larger above 1",
    "stretch": "wider above 1, taller below",
    "brightness": "lighter above 0",
    "negative": "dark and light exchanged",
    "sharpness": "blurred below 1",
    "cut-out": "of the picture hidden",
    "something else": "changed in a way that none of these is",
}


class Finding(Protocol):
    """One thing that an augmentation does; see `autograder.probing.facts.Finding`."""

    @property
    def operation(self) -> str: ...  # noqa: D102
    @property
    def share(self) -> float: ...  # noqa: D102
    @property
    def low(self) -> float: ...  # noqa: D102
    @property
    def high(self) -> float: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102


class Border(Protocol):
    """How it fills the border; see `autograder.probing.facts.Border`."""

    @property
    def fill(self) -> str: ...  # noqa: D102
    @property
    def colour(self) -> tuple[float, float, float] | None: ...  # noqa: D102


class Habits(Protocol):
    """How it behaves as a whole; see `autograder.probing.facts.Probe`."""

    @property
    def stochastic(self) -> bool: ...  # noqa: D102
    @property
    def train_only(self) -> bool: ...  # noqa: D102
    @property
    def seeded(self) -> bool: ...  # noqa: D102
    @property
    def in_range(self) -> bool: ...  # noqa: D102
    @property
    def values(self) -> tuple[float, float]: ...  # noqa: D102


class Confusion(Protocol):
    """A class that becomes another; see `autograder.probing.facts.Confusion`."""

    @property
    def operation(self) -> str: ...  # noqa: D102
    @property
    def amount_deg(self) -> float: ...  # noqa: D102
    @property
    def class_id(self) -> int: ...  # noqa: D102
    @property
    def becomes(self) -> int: ...  # noqa: D102


_Any = TypeVar("_Any", bound=Confusion)


def explain(operation: str) -> str:
    """Return what the values of an operation mean; empty where its name says it."""
    return _EXPLAINED.get(operation, "")


def describe_often(finding: Finding) -> str:
    """Return in how many of the pictures it is to be seen, such as ``52 %``."""
    return f"{100 * finding.share:.0f} %"


def describe_range(finding: Finding) -> str:
    """Return the values of an operation, such as ``-8.3 to 7.7 degrees``."""
    if not finding.unit:
        return ""
    if finding.unit == "share":
        return f"up to {100 * finding.high:.0f} %"
    digits = 2 if finding.unit == "factor" else 1
    return f"{finding.low:.{digits}f} to {finding.high:.{digits}f} {finding.unit}"


def describe_border(border: Border) -> str:
    """Return how the border is filled, with Keras' name where it has another."""
    if border.fill == "none":
        return "no border comes into view"
    if border.colour:
        return f"one colour, RGB {', '.join(f'{value:.0f}' for value in border.colour)}"
    keras = _KERAS_FILLS.get(border.fill)
    return f"{border.fill} (Keras: {keras})" if keras else border.fill


def describe_habits(habits: Habits) -> list[tuple[bool, str]]:
    """Return what else is known of it, and whether that is as it should be."""
    low, high = habits.values
    return [
        (habits.stochastic, "differs from picture to picture")
        if habits.stochastic
        else (False, "does the same to every picture"),
        (habits.train_only, "leaves pictures alone at inference")
        if habits.train_only
        else (False, "changes pictures at inference, too"),
        (habits.seeded, "the same under the same seed")
        if habits.seeded
        else (False, "differs under the same seed: it draws numbers of its own"),
        (habits.in_range, "keeps values within 0 to 255")
        if habits.in_range
        else (False, f"leaves the range 0 to 255: values from {low:.0f} to {high:.0f}"),
    ]


def mutual(confusions: Sequence[_Any]) -> list[_Any]:
    """Return the confusions without the second of two classes that become each other."""
    kept, told = [], set()
    for one in confusions:
        pair = (one.operation, frozenset((one.class_id, one.becomes)))
        if pair not in told:
            told.add(pair)
            kept.append(one)
    return kept


def describe_change(confusion: Confusion) -> str:
    """Return what turns the one class into the other, such as ``turn by 90 degrees``."""
    if confusion.amount_deg:
        return f"turn by {abs(confusion.amount_deg):.0f} degrees"
    return confusion.operation


def describe_confusions(confusions: Sequence[Confusion], names: Sequence[str]) -> list[str]:
    """Return a line for each class that becomes another; pairs that do so mutually share one."""
    return [
        f'"{names[one.class_id]}" becomes "{names[one.becomes]}": {describe_change(one)}'
        for one in mutual(confusions)
    ]
