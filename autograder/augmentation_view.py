"""What an augmentation does, in words: for the terminal, the feedback and the pages."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from autograder.probing.facts import Border, Confusion, Examined, Finding, Probe
from autograder.view import plain

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


def describe_habits(probe: Probe) -> list[tuple[bool, str]]:
    """Return what else is known of it, and whether that is as it should be."""
    low, high = probe.values
    return [
        (probe.stochastic, "differs from picture to picture")
        if probe.stochastic
        else (False, "does the same to every picture"),
        (probe.train_only, "leaves pictures alone at inference")
        if probe.train_only
        else (False, "changes pictures at inference, too"),
        (probe.seeded, "the same under the same seed")
        if probe.seeded
        else (False, "differs under the same seed: it draws numbers of its own"),
        (probe.in_range, "keeps values within 0 to 255")
        if probe.in_range
        else (False, f"leaves the range 0 to 255: values from {low:.0f} to {high:.0f}"),
    ]


def describe_confusions(confusions: Sequence[Confusion], names: Sequence[str]) -> list[str]:
    """Return a line for each class that becomes another; pairs that do so mutually share one."""
    lines, told = [], set()
    for one in confusions:
        pair = (one.operation, frozenset((one.class_id, one.becomes)))
        if pair in told:
            continue
        told.add(pair)
        how = f"turn by {abs(one.amount_deg):.0f} degrees" if one.amount_deg else one.operation
        lines.append(f'"{names[one.class_id]}" becomes "{names[one.becomes]}": {how}')
    return lines


def show_augmentation(console: Console, examined: Examined, names: Sequence[str]) -> None:
    """Print a table of what an augmentation does."""
    probe = examined.probe
    table = Table(title="what the augmentation does, measured", title_justify="left")
    for column in ("operation", "how often", "range", ""):
        table.add_column(column, justify="right" if column == "how often" else "left")
    for finding in probe.findings:
        often, explained = f"{100 * finding.share:.0f} %", _EXPLAINED.get(finding.operation, "")
        table.add_row(finding.operation, often, describe_range(finding), explained)
    if probe.findings:
        console.print(table)
        console.print(plain(f" · border: {describe_border(probe.border)}"), highlight=False)
    for good, line in describe_habits(probe):
        style = None if good else "yellow"
        console.print(plain(f" {'✓' if good else '!'} {line}"), highlight=False, style=style)
    for line in describe_confusions(examined.confusions or (), names):
        console.print(plain(f" ✗ {line}"), highlight=False, style="red")
    if probe.recognised < probe.pictures:
        lost = probe.pictures - probe.recognised
        console.print(plain(f" ! {lost} of {probe.pictures} test cards were not to be recognised"))
