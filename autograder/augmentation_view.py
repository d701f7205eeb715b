"""What an augmentation does, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from autograder.augmentation_words import (
    describe_border,
    describe_confusions,
    describe_habits,
    describe_often,
    describe_range,
    explain,
)
from autograder.probing.facts import Examined
from autograder.view import plain


def show_augmentation(console: Console, examined: Examined, names: Sequence[str]) -> None:
    """Print a table of what an augmentation does."""
    probe = examined.probe
    table = Table(title="what the augmentation does, measured", title_justify="left")
    for column in ("operation", "how often", "range", ""):
        table.add_column(column, justify="right" if column == "how often" else "left")
    for finding in probe.findings:
        often, explained = describe_often(finding), explain(finding.operation)
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
