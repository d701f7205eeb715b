"""The table on the terminal, and in docs/teaching.md with its picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.benchmarks.teaching.results import Row, claims, mean_and_spread

DOT, MEAN, QUIET = "#1f5fa8", "#d1495b", "#8a8f98"
_BEGIN, _END = "<!-- begin: written by make bench-teaching -->", "<!-- end -->"
_HEADINGS = ("network", "parameters", "steps", "reference s", "macro-F1", "score")


def show(found: Sequence[Row], console: Console) -> None:
    """Print a line for each network with its augmentation, and what it proves."""
    if not found:
        return
    table = Table(title=f"Means over {_seeds(found)}", title_justify="left")
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading == "network" else "right")
    for row in found:
        table.add_row(*_cells(row))
    console.print(table)
    for claim in claims(found):
        sign = (" ✓ ", "green") if claim.holds else (" ✗ ", "red")
        console.print(Text.assemble(sign, claim.text), highlight=False)


def write_page(found: Sequence[Row], docs: Path) -> None:
    """Write the table into docs/teaching.md, where its marks are, and draw the picture anew."""
    lines = ["| " + " | ".join(_HEADINGS) + " |", "| --- | --: | --: | --: | --: | --: |"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in found]
    lines += ["", f"Means and standard deviations over {_seeds(found)}."]
    lines += ["", *(f"* {claim.text}: {'yes' if claim.holds else 'no'}" for claim in claims(found))]
    page = docs / "teaching.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    text = "\n".join([before + _BEGIN, "", *lines, "", _END + after])
    page.write_text(text, encoding="utf-8")
    draw(found, docs / "images" / "teaching.png")


def draw(found: Sequence[Row], file: Path) -> None:
    """Draw macro-F1: a dot for each seed, a line for the mean."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.45 * len(found) + 1.1), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(found):
        mean, _ = mean_and_spread(row.macro_f1)
        axes.vlines(mean, place - 0.28, place + 0.28, color=MEAN, linewidth=2)
        height = [place] * len(row.macro_f1)
        axes.scatter(row.macro_f1, height, s=30, color=DOT, alpha=0.6, linewidth=0, zorder=3)
        axes.annotate(
            f"{mean:.3f}",
            (1.01, place),
            xycoords=("axes fraction", "data"),
            va="center",
            color=MEAN,
        )
    axes.set_yticks(range(len(found)), [row.entry.title for row in found])
    axes.invert_yaxis()
    axes.set_xlabel("macro-F1 on signs that nobody has seen; a dot a seed, a line the mean")
    axes.grid(visible=True, axis="x", color=QUIET, alpha=0.3)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.savefig(file, dpi=110)


def _cells(row: Row) -> tuple[str, ...]:
    f1, f1_spread = mean_and_spread(row.macro_f1)
    score, score_spread = mean_and_spread(row.score)
    return (
        row.entry.title, f"{row.parameters:,}", f"{row.steps:,}", f"{row.used_s:.1f}",
        f"{f1:.3f} ± {f1_spread:.3f}", f"{score:.1f} ± {score_spread:.1f}",
    )  # fmt: skip


def _seeds(found: Sequence[Row]) -> str:
    counts = {len(row.macro_f1) for row in found}
    return f"{min(counts)} seeds" if counts != {1} else "1 seed"
