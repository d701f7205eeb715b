"""Reference seconds: what a training costs, known before it starts and the same on every machine.

A job traces one training step and leaves its ops behind, with their shapes. Each is priced here by
a roofline: a constant, and the longer of computing and of moving bytes. Where the constants come
from, and how far prices are from measured seconds, is in docs/reference-seconds.md.
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from autograder.models import Cost, LayerCost, Part
from autograder.rates import (
    CACHE_BYTES,
    KIND_OF,
    KINDS,
    LANES,
    OP_US,
    ROW_START,
    STEP_US,
    UNKNOWN,
    Kind,
)

# Far above any use. With these, sums of prices are finite whatever a job writes.
_MOST_ELEMENTS = 10**12
_Size = Annotated[int, Field(ge=0, le=2**31)]
_Shape = Annotated[tuple[_Size, ...], Field(max_length=16)]
_Window = Annotated[tuple[_Size, ...], Field(max_length=8)]


class _FromJob(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Op(_FromJob):
    """Equal ops of one layer, as a job traced them (see `autograder.worker.tracing.trace`)."""

    part: Part
    layer: str = Field(max_length=500)
    op: str = Field(max_length=500)
    inputs: tuple[_Shape, ...] = Field(default=(), max_length=2000)
    outputs: tuple[_Shape, ...] = Field(default=(), max_length=2000)
    item_bytes: int = Field(default=0, ge=0, le=64)
    count: int = Field(ge=1, le=10**9)
    backward: bool = False
    xla: bool = False
    float16: bool = False
    ksize: _Window = ()
    equation: str = Field(default="", max_length=500)


class Ops(_FromJob):
    """The ops of one training step, or of the prediction of one batch."""

    batch_size: int = Field(ge=1, le=10**6)
    left_out: int = Field(ge=0, le=10**12)
    rows: tuple[Op, ...] = Field(max_length=10_000)


class Graph(_FromJob):
    """What a job left behind; what it says is believed as far as the rest of its work is."""

    train: Ops
    predict: Ops


@dataclass(frozen=True)
class Price:
    """What running an op once costs: its FLOPs, and reference microseconds."""

    flops: float
    us: float


def cost_of(ops: Ops) -> Cost:
    """Return what running these ops once costs, layer by layer.

    Ops that there was no room for cost as much as the dearest of the others, each.
    """
    sums: dict[tuple[Part, str], list[float]] = {}
    dearest_us = OP_US
    for op in ops.rows:
        one = price(op)
        total = sums.setdefault((op.part, op.layer), [0.0, 0.0, 0.0])
        total[op.backward] += op.count * one.flops
        total[2] += op.count * one.us / 1e3
        dearest_us = max(dearest_us, one.us)
    if ops.left_out:
        sums.setdefault(("harness", ""), [0.0, 0.0, 0.0])[2] += ops.left_out * dearest_us / 1e3
    return Cost(
        layers=tuple(LayerCost(*owner, *total) for owner, total in sums.items()),
        overhead_ms=STEP_US / 1e3,
        batch_size=ops.batch_size,
        unknown_ops=tuple(sorted({op.op for op in ops.rows if op.op not in KIND_OF})),
    )


@dataclass(frozen=True)
class TrainingCost:
    """What a training costs: steps, and a look at the validation split each epoch begun.

    Attributes:
        step_s: Reference seconds of a step.
        validation_s: Reference seconds of predicting the validation split.
        steps_per_epoch: Steps between two of these.
    """

    step_s: float
    validation_s: float
    steps_per_epoch: int

    @classmethod
    def of(cls, graph: Graph, validation_images: int, steps_per_epoch: int) -> TrainingCost:
        """Price a traced graph."""
        predict = cost_of(graph.predict)
        validation_ms = predict.ms * validation_images / predict.batch_size
        return cls(cost_of(graph.train).ms / 1e3, validation_ms / 1e3, steps_per_epoch)

    def seconds(self, steps: int) -> float:
        """Return the reference seconds of so many steps."""
        return steps * self.step_s + -(-steps // self.steps_per_epoch) * self.validation_s

    def steps(self, seconds: float) -> int:
        """Return how many steps so many reference seconds pay for."""
        without_validation = range(int(seconds / self.step_s) + 2)
        return bisect.bisect_right(without_validation, seconds, key=self.seconds) - 1


def price(op: Op) -> Price:
    """Return what one op costs. One that is unknown, or has impossible shapes, is never free."""
    name = _kind_name(op)
    kind = KINDS.get(name, UNKNOWN)
    try:
        flops, items = _work(op, name, kind)
    except (IndexError, KeyError, ValueError, ZeroDivisionError):
        kind, flops, items = UNKNOWN, float(_largest(op)), float(_largest(op))
    outputs = sum(map(_elements, op.outputs))
    moved = 2 * outputs if kind.work == "outputs" else outputs + sum(map(_elements, op.inputs))
    moved *= op.item_bytes
    beyond = max(0, moved - CACHE_BYTES)
    moving_ns = (moved - beyond) / kind.gbytes + beyond / min(kind.gbytes, kind.far_gbytes)
    return Price(flops, OP_US + kind.overhead_us + max(items / kind.gitems, moving_ns) / 1e3)


def _elements(shape: tuple[int, ...]) -> int:
    return min(math.prod(shape), _MOST_ELEMENTS)


def _largest(op: Op) -> int:
    return max(map(_elements, (*op.inputs, *op.outputs)), default=0)


def _kind_name(op: Op) -> str:
    """Return the kind of an op: by its name, and for some by the shapes that it is given."""
    name = KIND_OF.get(op.op, "unknown")
    sizes = [_elements(shape) for shape in op.inputs]
    tensors = [size for size in sizes if size > 1]
    if name in {"simple, of one tensor", "simple, of several"}:
        name = "simple, of one tensor" if len(tensors) < 2 else "simple, of several"
    if name in {"simple, of several", "division, root"} and len(set(tensors)) > 1:
        name = "simple, broadcast"
    elif name == "selection" and len(set(sizes)) > 1:
        name = "selection, broadcast"
    elif name == "reduction":
        name = _reduction(op)
    elif op.xla and name.startswith("convolution"):
        name = f"grouped {name}"
    return name


def _work(op: Op, name: str, kind: Kind) -> tuple[float, float]:
    """Return FLOPs, and items of work as its kind counts them."""
    if kind.work == "outputs":
        return 0.0, _items(op.outputs, kind)
    if kind.work == "elements":
        return float(_largest(op)), _items((*op.inputs, *op.outputs), kind)
    if name == "matrix product":
        flops = _einsum_flops(op) if op.op == "Einsum" else _matmul_flops(op)
        return flops, flops
    if "pooling" in name:
        pooled = op.inputs[-1] if name.endswith("backward") else op.outputs[0]
        flops = float(_elements(pooled) * math.prod(op.ksize))
        return flops, flops
    return _convolution_work(op, name)


def _items(shapes: tuple[_Shape, ...], kind: Kind) -> float:
    """Return the elements of the largest, its rows filled up if the kind works on whole ones."""
    largest = max(shapes, key=_elements, default=())
    if not kind.padded or not largest or not largest[-1]:
        return float(_elements(largest))
    return _elements(largest) / largest[-1] * _padded(largest[-1])


def _convolution_work(op: Op, name: str) -> tuple[float, float]:
    if name.endswith("to input"):
        filters, image, features = op.inputs[1], op.outputs[0], op.inputs[2]
    elif name.endswith("to filter"):
        filters, image, features = op.outputs[0], op.inputs[0], op.inputs[2]
    else:
        filters, image, features = op.inputs[1], op.inputs[0], op.outputs[0]
    channels, width = image[-1], features[-1]
    if name.startswith("depthwise"):
        flops = 2.0 * _elements(features) * math.prod(filters[:-2])
        return flops, flops * _padded(width) / width
    flops = 2.0 * _elements(features) * math.prod(filters[:-1])
    if name.startswith("grouped"):
        return flops, _grouped_items(_elements(features) / width, filters, channels, name)
    computed, summed = (channels, width) if name.endswith("to input") else (width, channels)
    rows = (_padded(computed) + ROW_START) / computed * (summed + ROW_START) / summed
    return flops, flops * rows


def _grouped_items(places: float, filters: tuple[int, ...], channels: int, name: str) -> float:
    """Return the work of XLA's loops: it gathers patches group by group."""
    groups = max(1, channels // filters[-2])
    patches = places * math.prod(filters[:-2]) * channels
    return 2 * patches * groups if name.endswith("to filter") else patches + 23 * places * groups


def _reduction(op: Op) -> str:
    """Tell a sum over axes side by side from one that leaves an axis between them."""
    if not op.inputs or not op.outputs or len(op.inputs[0]) != len(op.outputs[0]):
        return "reduction"
    axes = "".join("x" if a != b else "-" for a, b in zip(op.inputs[0], op.outputs[0], strict=True))
    if "x" not in axes:
        return "nothing moved"
    return "reduction, scattered" if "-" in axes.strip("-") else "reduction"


def _padded(row: int) -> int:
    return math.ceil(row / LANES) * LANES


def _matmul_flops(op: Op) -> float:
    rows, columns = op.inputs[0][-2:]
    return 2.0 * _elements(op.outputs[0]) * (rows * columns / op.outputs[0][-2])


def _einsum_flops(op: Op) -> float:
    terms, _, result = op.equation.partition("->")
    sizes: dict[str, int] = {}
    for term, shape in zip(terms.split(","), op.inputs, strict=True):
        before, _, after = term.partition("...")
        sizes |= dict(zip(before, shape, strict=False))
        sizes |= dict(zip(reversed(after), reversed(shape), strict=False))
    summed = math.prod(size for label, size in sizes.items() if label not in result)
    return 2.0 * _elements(op.outputs[0]) * min(summed, _MOST_ELEMENTS)
