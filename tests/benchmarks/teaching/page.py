"""The table on the terminal, and docs/teaching.md with its picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.teaching.results import Row, mean_and_spread


def show(found: Sequence[Row], console: Console) -> None:
    """Print one line for each network with its augmentation."""
    if not found:
        return
    table = Table("network", title=f"Means over {len(found[0].macro_f1)} seeds")
    for heading in ("parameters", "steps", "reference s", "macro-F1", "±", "score", "±"):
        table.add_column(heading, justify="right")
    for row in found:
        f1, f1_spread = mean_and_spread(row.macro_f1)
        score, score_spread = mean_and_spread(row.score)
        table.add_row(
            row.entry.title, f"{row.parameters:,}", f"{row.steps}", f"{row.used_s:.1f}",
            f"{f1:.4f}", f"{f1_spread:.4f}", f"{score:.1f}", f"{score_spread:.1f}",
        )  # fmt: skip
    console.print(table)


def write_page(found: Sequence[Row], docs: Path) -> None:
    """Write the page and its picture."""
