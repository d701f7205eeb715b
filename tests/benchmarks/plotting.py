"""Draws predicted against measured cost, both logarithmic."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

FITTED, HELD_OUT, QUIET = "#1f5fa8", "#d1495b", "#8a8f98"
# Distance of two lines of labels, and of a label from the band, in decades.
LINE, AWAY = 0.072, 0.09


@dataclass(frozen=True)
class Point:
    """A measurement and what the model said, in milliseconds."""

    label: str
    measured_ms: float
    predicted_ms: float
    held_out: bool


def plot(panels: dict[str, list[Point]], band: float, file: Path) -> None:
    """Write a picture with one panel for each title; ``band`` is the factor that is promised."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6 * len(panels), 8), layout="constrained")
    for axes, (title, points) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        _panel(axes, points, band)
        axes.set_title(title)
    figure.savefig(file, dpi=110)


def _panel(axes: Any, points: list[Point], band: float) -> None:
    sizes = [size for point in points for size in (point.measured_ms, point.predicted_ms)]
    ends = min(sizes) / 4, max(sizes) * 4
    axes.fill_between(
        ends, [end / band for end in ends], [end * band for end in ends], color=QUIET, alpha=0.18,
        linewidth=0, label=f"within a factor of {band:g}",
    )  # fmt: skip
    axes.plot(ends, ends, color=QUIET, linewidth=1, label="predicted = measured")
    for held_out, colour, label in ((False, FITTED, "fitted"), (True, HELD_OUT, "held out")):
        chosen = [point for point in points if point.held_out is held_out]
        axes.scatter(
            [point.measured_ms for point in chosen], [point.predicted_ms for point in chosen],
            s=34, color=colour, marker="D" if held_out else "o", label=label, zorder=3,
        )  # fmt: skip
    _label(axes, points, band)
    axes.set(
        xscale="log", yscale="log", xlim=ends, ylim=ends, aspect="equal",
        xlabel="measured: CPU milliseconds",
        ylabel="predicted: reference milliseconds / host factor",
    )  # fmt: skip
    axes.grid(visible=True, which="major", color=QUIET, alpha=0.3)
    axes.legend(loc="upper left", frameon=False)


def _label(axes: Any, points: list[Point], band: float) -> None:
    """Write labels left and right of the band, by turns, and none on top of another."""
    ordered = sorted(points, key=lambda point: point.measured_ms * point.predicted_ms)
    for side, chosen in ((-1, ordered[::2]), (1, ordered[1::2])):
        lowest = 0.0
        for point in chosen:
            height = max(point.predicted_ms, lowest)
            lowest = height * 10**LINE
            axes.annotate(
                point.label, (point.measured_ms, point.predicted_ms),
                (height * (band * 10**AWAY) ** side, height), fontsize=8.5, va="center",
                ha="left" if side > 0 else "right",
                color=HELD_OUT if point.held_out else FITTED,
                arrowprops={"arrowstyle": "-", "color": QUIET, "linewidth": 0.5, "shrinkB": 3},
            )  # fmt: skip
