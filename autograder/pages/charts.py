"""Learning curves, drawn with matplotlib as SVG that follows the page's colours and fonts.

Nothing of a submission is drawn but numbers: what matplotlib puts out is trusted as markup.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from autograder.pages.plotting import import_matplotlib
from autograder.pages.texts import count
from autograder.reports.training_parts import EpochPart, PlanPart
from autograder.reports.words import measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Drawn in colours that stand for the page's own, so that dark mode reaches them.
_COLOURS = {
    "#010203": "--ink",
    "#010204": "--muted",
    "#010205": "--line",
    "#010206": "--data-1",
    "#010207": "--data-2",
    "#010208": "--edge",
    "#010209": "--sunk",
}
_INK, _MUTED, _LINE, _TRAINING, _VALIDATION, _EDGE, _SUNK = _COLOURS
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "autograder",
    "path.simplify": True,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": _EDGE,
    "axes.labelcolor": _MUTED,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": _LINE,
    "grid.linewidth": 0.8,
    "text.color": _INK,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "ytick.left": False,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
}
_INCHES = (4.9, 3.2)
_FONT = re.compile(r"font-family: [^;\"]*")
_NOT_NEEDED = re.compile(
    r"<metadata>.*?</metadata>|<style.*?</style>|(?<=<g) id=\"[^\"]*\"", re.DOTALL
)
_FEW = 12  # epochs, each with a mark of its own
_SPIKE = 20  # times what is usual
# Histories are written by the job: whatever it says has to be drawn.
_LARGEST = 1e9
_LAST_EPOCH = 1_000_000


@dataclass(frozen=True)
class Chart:
    """A drawing for the page.

    Attributes:
        svg: An SVG element.
        title: What it shows.
    """

    svg: Markup
    title: str


@dataclass(frozen=True)
class _Curve:
    values: tuple[float | None, ...]
    label: str
    colour: str
    dashes: str

    @property
    def is_share(self) -> bool:
        """Whether its values lie between 0 and 1."""
        return "accuracy" in self.label

    @property
    def drawn(self) -> list[float]:
        """Its values; gaps where there are none, and kept to what can be drawn."""
        return [
            math.nan if value is None else min(max(value, -_LARGEST), _LARGEST)
            for value in self.values
        ]


def learning_curves(history: Sequence[EpochPart], plan: PlanPart | None) -> list[Chart]:
    """Return the charts of the loss and of the accuracy; none if there was no epoch."""
    if not history:
        return []
    loss = _pair("loss", [one.loss for one in history], [one.validation_loss for one in history])
    accuracy = _pair(
        "accuracy",
        [one.accuracy for one in history],
        [one.validation_accuracy for one in history],
    )
    return [
        _chart("Loss", "lower is better", history, plan, loss),
        _chart("Accuracy", "higher is better", history, plan, accuracy),
    ]


def _pair(
    what: str, training: Sequence[float | None], validation: Sequence[float | None]
) -> tuple[_Curve, _Curve]:
    return (
        _Curve(tuple(training), f"training {what}", _TRAINING, "-"),
        _Curve(tuple(validation), f"validation {what}", _VALIDATION, "--"),
    )


def _chart(
    name: str,
    meaning: str,
    history: Sequence[EpochPart],
    plan: PlanPart | None,
    curves: tuple[_Curve, _Curve],
) -> Chart:
    mpl = import_matplotlib()
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    file = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=_INCHES)
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.09, 0.135, 0.89, 0.75))
        _draw(axes, history, plan, curves)
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", transparent=True, metadata=metadata)
    title = f"{name} by epoch, {meaning}. {' '.join(map(_told, curves))}"
    return Chart(_for_the_page(file.getvalue(), name, title), f"{name}, {meaning}")


def _draw(
    axes: Axes,
    history: Sequence[EpochPart],
    plan: PlanPart | None,
    curves: tuple[_Curve, _Curve],
) -> None:
    epochs = [min(max(one.epoch, 0), _LAST_EPOCH) for one in history]
    few: dict[str, Any] = {"marker": "o", "markersize": 3.5} if len(epochs) <= _FEW else {}
    for curve in curves:
        axes.plot(
            epochs,
            curve.drawn,
            curve.dashes,
            color=curve.colour,
            label=curve.label,
            linewidth=2,
            solid_capstyle="round",
            **few,
        )
    last = epochs[-1]
    if plan is not None and plan.cut_short:
        planned = max(last, min(plan.epochs, _LAST_EPOCH))
        axes.axvspan(last, planned, color=_SUNK, linewidth=0)
        axes.axvline(last, color=_MUTED, linewidth=1.2, linestyle=":")
        _say_where_it_ended(axes, last, planned, curves[0])
        last = planned
    _scale(axes, epochs[0], last, curves)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncols=2, borderaxespad=0)


def _say_where_it_ended(axes: Axes, last: int, planned: int, curve: _Curve) -> None:
    left = last < 0.55 * planned
    axes.annotate(
        "the budget ends here",
        (last, 0.08 if curve.is_share else 0.88),
        xycoords=("data", "axes fraction"),
        xytext=(5 if left else -5, 0),
        textcoords="offset points",
        ha="left" if left else "right",
        va="top",
        color=_MUTED,
    )


def _scale(axes: Axes, first: int, last: int, curves: tuple[_Curve, _Curve]) -> None:
    from matplotlib.ticker import MaxNLocator

    margin = 0.02 * max(1, last - first) if last > first else 0.5
    axes.set_xlim(first - margin, last + margin)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel("epoch")
    known = [value for curve in curves for value in curve.drawn if math.isfinite(value)]
    if not known:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "never a number", transform=axes.transAxes, ha="center")
    elif curves[0].is_share:
        axes.set_ylim(0, 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    else:
        _scale_loss(axes, known)


def _scale_loss(axes: Axes, known: list[float]) -> None:
    """Scale the axis to what is usual: a spike would press all else to the ground."""
    low, high = min(0.0, *known), max(known)
    usual = sorted(known)[(3 * len(known)) // 4]
    if 0 < _SPIKE * usual < high:
        axes.set_ylim(low, 4 * usual)
        far = f"goes up to {measured(high)} "
        axes.text(1, 0.98, far, transform=axes.transAxes, ha="right", va="top", color=_MUTED)
    else:
        axes.set_ylim(low, (high + 0.04 * (high - low)) or 1)


def _told(curve: _Curve) -> str:
    first, last = measured(curve.values[0]), measured(curve.values[-1])
    said = f"{curve.label.capitalize()} goes from {first} to {last}"
    broken = [number for number, value in enumerate(curve.values, 1) if value is None]
    if not broken:
        return f"{said}."
    to_the_end = broken[0] + len(broken) == len(curve.values) + 1
    where = f"from epoch {broken[0]} on" if to_the_end else f"in {count(len(broken), 'epoch')}"
    return f"{said}, not finite {where}."


def _for_the_page(svg: str, name: str, title: str) -> Markup:
    """Return matplotlib's SVG as a part of a page that holds several."""
    drawing = _NOT_NEEDED.sub("", svg[svg.index("<svg") :])
    drawing = _FONT.sub("font-family: var(--sans)", drawing)
    drawing = re.sub(r'(id="|href="#|url\(#)', rf"\1{name.lower()}-", drawing)
    drawing = re.sub(r"\s*\n\s*", " ", drawing)
    for colour, token in _COLOURS.items():
        drawing = drawing.replace(colour, f"var({token})")
    box = re.search(r'viewBox="([\d. ]+)"', drawing)
    assert box is not None
    start = Markup('<svg class="chart" viewBox="{}" role="img" aria-label="{}">')
    body = drawing[drawing.index(">") + 1 :].replace("xlink:href", "href")
    return start.format(box[1], title) + Markup(body)  # noqa: S704 - see the module's docstring
