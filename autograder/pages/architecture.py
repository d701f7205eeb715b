"""A network as blocks, as tall as its maps and as wide as it has channels, and as a table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from autograder.pages.texts import count, label
from autograder.reports.report import Report
from autograder.reports.training_parts import CostPart, LayerCostPart, LayerPart

_MOST_BLOCKS = 60
_MOST_ROWS = 300
_TALLEST = 120
_LOWEST = 8
_GAPS = (15.0, 44.0)  # between blocks: more where there are few
_FILLED = 800.0  # pixels, that a page is wide
_TOP = 56
_LABELS = 112
_PARTS = {
    "augmentation": "augmentation",
    "loss": "loss",
    "optimizer": "optimizer",
    "harness": "the rest of a step",
}
# What a layer is for, by its class; the first that fits.
_FAMILIES = (
    ("pool", ("Pool",)),
    ("filter", ("Conv",)),
    ("dense", ("Dense", "EinsumDense")),
    ("norm", ("Normalization", "Dropout", "GaussianNoise")),
    ("join", ("Add", "Concatenate", "Multiply", "Average", "Attention")),
)
_FAMILY_NAMES = {
    "filter": "convolution",
    "pool": "pooling",
    "dense": "dense",
    "norm": "normalisation, dropout",
    "join": "joins paths",
    "other": "other",
}


@dataclass(frozen=True)
class Row:
    """A layer, or a part of a step outside of the model."""

    name: str
    kind: str
    family: str
    shape: str
    parameters: str
    mflops: str = ""
    ms: str = ""
    share: float = 0.0


@dataclass(frozen=True)
class Architecture:
    """What to show of a network.

    Attributes:
        diagram: Drawing of its layers.
        families: Name and token of each kind of block in it.
        rows: Its layers.
        parts: What else a training step costs.
        total_ms: Reference milliseconds of a step; empty if that is not known.
    """

    diagram: Markup
    families: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    parts: tuple[Row, ...]
    left_out: int
    total_ms: str
    batch_size: int


def architecture(report: Report) -> Architecture | None:
    """Return the network; None where it is not known."""
    layers = report.model.layers
    if not layers:
        return None
    cost = report.cost
    total = sum(one.ms for one in cost.layers) + cost.overhead_ms if cost else 0.0
    of_layers = {one.layer: one for one in cost.layers if one.part == "model"} if cost else {}
    batch = cost.batch_size if cost else 1
    used = {_family(layer.kind) for layer in layers[:_MOST_BLOCKS]}
    return Architecture(
        diagram=_diagram(layers[:_MOST_BLOCKS]),
        families=tuple((key, title) for key, title in _FAMILY_NAMES.items() if key in used),
        rows=tuple(_row(one, of_layers.get(one.name), total, batch) for one in layers[:_MOST_ROWS]),
        parts=_parts(report, total, batch),
        left_out=max(0, len(layers) - _MOST_ROWS),
        total_ms=f"{total:.2f}" if cost else "",
        batch_size=batch,
    )


def _family(kind: str) -> str:
    return next((family for family, names in _FAMILIES if any(n in kind for n in names)), "other")


def _row(layer: LayerPart, cost: LayerCostPart | None, total: float, batch: int) -> Row:
    row = Row(
        name=label(layer.name, 40),
        kind=label(layer.kind, 30),
        family=_family(layer.kind),
        shape=_shape(layer),
        parameters=f"{layer.parameters:,}" if layer.parameters else "",
    )
    return _priced(row, [cost] if cost else [], total, batch)


def _parts(report: Report, total: float, batch: int) -> tuple[Row, ...]:
    if report.cost is None:
        return ()
    known = {layer.name for layer in report.model.layers}
    rows = []
    for part, title in _PARTS.items():
        own = [one for one in report.cost.layers if one.part == part]
        if part == "harness":
            strays = [o for o in report.cost.layers if o.part == "model" and o.layer not in known]
            own += [*strays, _overhead(report.cost)]
        if own:
            rows.append(_priced(Row(title, "", "other", "", ""), own, total, batch))
    return tuple(rows)


def _overhead(cost: CostPart) -> LayerCostPart:
    return LayerCostPart(
        part="harness", layer="", forward_flops=0, backward_flops=0, ms=cost.overhead_ms
    )


def _priced(row: Row, parts: list[LayerCostPart], total: float, batch: int) -> Row:
    ms = sum(one.ms for one in parts)
    mflops = sum(one.forward_flops for one in parts) / max(1, batch) / 1e6
    return replace(
        row,
        mflops=f"{mflops:.2f}" if mflops >= 0.005 else "",
        ms=f"{ms:.2f}" if parts else "",
        share=round(100 * ms / total, 1) if total > 0 else 0.0,
    )


def _shape(layer: LayerPart) -> str:
    return " \N{MULTIPLICATION SIGN} ".join(
        "?" if size is None else str(size) for size in layer.output_shape or ()
    )


def _diagram(layers: tuple[LayerPart, ...]) -> Markup:
    tallest = max((_side(layer) for layer in layers), default=1)
    widths = sum(map(_width, layers))
    gap = min(max((_FILLED - widths) / len(layers), _GAPS[0]), _GAPS[1])
    at, parts = 12.0, []
    for layer in layers:
        width, height = _width(layer), _height(layer, tallest)
        parts.append(_block(layer, at, width, height))
        at += width + gap
    total_height = _TOP + _TALLEST + _LABELS
    names = ", ".join(dict.fromkeys(label(layer.kind, 24) for layer in layers))
    told = f"{count(len(layers), 'layer')} from left to right, of the kinds {names}."
    middle = _TOP + _TALLEST / 2
    width_in_all = round(at + 70, 1)
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<svg class="blocks" viewBox="0 0 {width_in_all} {total_height}" '
        f'style="--width: {width_in_all}px" role="img" aria-label="{escape(told)}">'
        f'<path class="flow" d="M4 {middle}H{round(at - 4, 1)}"/>{"".join(parts)}</svg>'
    )


def _side(layer: LayerPart) -> int:
    shape = layer.output_shape or ()
    return (shape[0] or 1) if len(shape) == 3 else 1


def _height(layer: LayerPart, tallest: int) -> float:
    if len(layer.output_shape or ()) != 3:  # a vector: as tall as it is long
        length = next((size for size in reversed(layer.output_shape or ()) if size), 1)
        return min(_TALLEST, 16 + 9 * math.log2(max(1, length)))
    return max(_LOWEST, _TALLEST * math.pow(_side(layer) / max(1, tallest), 0.7))


def _width(layer: LayerPart) -> float:
    shape = layer.output_shape or ()
    if _family(layer.kind) in {"norm", "other"} or len(shape) != 3:
        return 9.0
    return round(8 + 4 * math.log2(max(1, shape[-1] or 1)), 1)


def _block(layer: LayerPart, left: float, width: float, height: float) -> str:
    top = _TOP + (_TALLEST - height) / 2
    middle = round(left + width / 2, 1)
    below = _TOP + _TALLEST + 14
    told = f"{label(layer.name, 40)}, {label(layer.kind, 30)}"
    if layer.output_shape:
        told += f", output {_shape(layer)}"
    if layer.parameters:
        told += f", {layer.parameters:,} parameters"
    return (
        f'<g class="{_family(layer.kind)}"><title>{escape(told)}</title>'
        f'<rect x="{round(left, 1)}" y="{top:.1f}" width="{width}" height="{height:.1f}" rx="3"/>'
        f'<text transform="translate({middle} {below}) rotate(40)">'
        f"{escape(label(layer.kind, 18))}</text>"
        f'<text class="size" transform="translate({middle} {top - 5:.1f}) rotate(-40)">'
        f"{escape(_shape(layer).replace(' ', ''))}</text></g>"
    )
