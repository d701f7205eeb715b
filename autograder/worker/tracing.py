"""The ops of a training step and of a prediction, as data: what the grader prices.

The harness' own train step is traced with the plan's batch size, so nearly every op has static
shapes, and a name whose scopes say which layer it serves. Nothing is run.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.worker.prediction import batch_of

MAX_ROWS = 10_000
MAX_OPS = 300_000
# What is longer is cut, so that the grader takes whatever an honest job writes.
_MAX_TENSORS, _MAX_RANK, _MAX_SIZE, _MAX_COUNT, _MAX_TEXT = 1000, 16, 2**31, 10**9, 500
_SHAPES = {"Rank", "Shape", "ShapeN", "Size"}
# They hand on what is there.
_STILL = _SHAPES | {
    "EnsureShape", "ExpandDims", "Identity", "IdentityN", "NoOp", "PlaceholderWithDefault",
    "PreventGradient", "ReadVariableOp", "Reshape", "Squeeze", "StopGradient", "VariableShape",
}  # fmt: skip
_ATTRIBUTES = ("equation", "ksize")
_LOOPS = {"While", "StatelessWhile"}
_BACKWARD = "gradient_tape/"


@dataclass(frozen=True)
class Owner:
    """Whom an op serves.

    Attributes:
        part: ``model``, ``augmentation``, ``loss``, ``optimizer`` or ``harness``.
        layer: Name of the layer of the model that holds no further layers; empty outside of one.
    """

    part: str
    layer: str = ""


_HARNESS = Owner("harness")
_Scopes = dict[tuple[Any, str], Any]


def trace(
    train_step: Callable[[Any, Any], Any],
    model: Any,
    augmentation: Any,
    image_size: int,
    batch_size: int,
) -> dict[str, Any]:
    """Return the ops of one training step and of the prediction of one batch.

    Args:
        train_step: Makes one step with uint8 images and int32 labels, in a graph of its own.
        model: The model that it trains: built and compiled, its optimizer built.
        augmentation: The augmentation that it applies.
        image_size: Height and width of the images in pixels.
        batch_size: Images a step.

    Returns:
        ``train`` and ``predict``, plain enough for JSON: each with ``batch_size``, with
        ``left_out``, how many runs of ops there was no room for, and with ``rows``. A row has
        ``part`` and ``layer`` (see `Owner`), ``op`` (TensorFlow's name of the kind), ``inputs``
        and ``outputs`` (shapes), ``item_bytes`` (of an element), ``count`` (how often it is run)
        and, if they apply, ``backward``, ``xla``, and TensorFlow's ``ksize`` and ``equation``. An
        op that moves nothing is a ``NoOp`` without shapes.
    """
    import numpy as np
    import tensorflow as tf

    owners = {id(augmentation): Owner("augmentation"), id(model.optimizer): Owner("optimizer")}
    shape = (image_size, image_size, 3)
    images = np.zeros((batch_size, *shape), np.uint8)
    labels = np.zeros(batch_size, np.int32)
    with _scopes() as scopes:
        train = tf.function(lambda: train_step(images, labels), autograph=False)
        predict = tf.function(
            lambda images: model(tf.cast(images, tf.float32), training=False), autograph=False
        )
        predicted = batch_of(image_size)
        batch = tf.TensorSpec((predicted, *shape), tf.uint8)
        graphs = (
            ("train", batch_size, train.get_concrete_function().graph),
            ("predict", predicted, predict.get_concrete_function(batch).graph),
        )
    found = {}
    for name, size, graph in graphs:
        ops = _Ops(scopes, owners, unknown=max(size, image_size))
        ops.add_graph(graph, 1, _HARNESS)
        found[name] = {
            "batch_size": size,
            "left_out": min(ops.left_out, _MAX_COUNT),
            "rows": ops.rows(),
        }
    return found


@contextlib.contextmanager
def _scopes() -> Iterator[_Scopes]:
    """Note who opens which name scope of which graph: the names alone are ambiguous."""
    import keras
    import tensorflow as tf

    opened: _Scopes = {}
    enter = keras.name_scope.__enter__

    def noting(scope: Any) -> Any:
        entered = enter(scope)
        name = tf.get_current_name_scope()
        opened.setdefault((tf.compat.v1.get_default_graph(), name), scope.caller)
        return entered

    keras.name_scope.__enter__ = noting
    try:
        yield opened
    finally:
        del keras.name_scope.__enter__


@dataclass
class _Ops:
    """The ops of a graph and of the functions that it calls, equal ones counted together.

    Attributes:
        scopes: Who opened each name scope of each graph.
        owners: Whom ops within the scope of an object, by its id, serve; else it is a layer.
        unknown: What is assumed of a dimension, or of a number of rounds, that is not known.
        left_out: How many runs of ops there was no room for.
    """

    scopes: _Scopes
    owners: dict[int, Owner]
    unknown: int
    left_out: int = 0
    _seen: int = 0
    _counts: dict[str, int] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """Return what was added."""
        counts = self._counts.items()
        return [json.loads(row) | {"count": min(count, _MAX_COUNT)} for row, count in counts]

    def add_graph(self, graph: Any, times: int, caller: Owner, *, xla: bool = False) -> None:
        """Add every op of a graph that ``caller`` runs ``times`` times."""
        rounds: dict[Any, int] = {}
        for op in _running(graph):
            if self._seen >= MAX_OPS:
                self.left_out += times
                continue
            owner = self._owner(op, caller)
            functions = _functions(op)
            self._add(op, times, owner, xla=xla, moves=not functions and op.type not in _STILL)
            if op.type in _LOOPS:
                rounds[op] = _rounds(op, rounds) or self.unknown
            inner_xla = xla or "_XlaMustCompile" in op.node_def.attr
            for function in functions:
                self.add_graph(function, times * rounds.get(op, 1), owner, xla=inner_xla)

    def _owner(self, op: Any, caller: Owner) -> Owner:
        if caller.layer or caller.part not in {"model", "harness"}:
            return caller  # a loop's body opens scopes of its own
        if op.type == "AddN" and "/" not in op.name:  # gradients that meet where a value forked
            return self._owner(op.inputs[0].op, caller)
        names = op.name.removeprefix(_BACKWARD).split("/")[:-1]
        found = caller
        for end in range(1, len(names) + 1):
            opener = self.scopes.get((op.graph, "/".join(names[:end])))
            if opener is None:
                continue
            if id(opener) in self.owners:
                return self.owners[id(opener)]
            found = Owner(
                "model", "" if getattr(opener, "layers", None) else opener.name[:_MAX_TEXT]
            )
            if found.layer:
                return found
        return Owner("loss") if names and names[0].startswith("compile_loss") else found

    def _add(self, op: Any, times: int, owner: Owner, *, xla: bool, moves: bool) -> None:
        row: dict[str, Any] = {"part": owner.part, "layer": owner.layer, "op": "NoOp"}
        if moves:
            row |= {"op": op.type} | self._shapes(op) | _attributes(op)
        row |= {"backward": True} if op.name.startswith(_BACKWARD) else {}
        row |= {"xla": True} if xla else {}
        row |= {"float16": True} if moves and _is_float16(op) else {}
        key = json.dumps(row)
        self._seen += 1
        if key in self._counts or len(self._counts) < MAX_ROWS:
            self._counts[key] = self._counts.get(key, 0) + times
        else:
            self.left_out += times

    def _shapes(self, op: Any) -> dict[str, Any]:
        sizes = [tensor.dtype.size for tensor in (*op.outputs, *op.inputs)]
        return {
            "inputs": [self._shape(tensor) for tensor in op.inputs[:_MAX_TENSORS]],
            "outputs": [self._shape(tensor) for tensor in op.outputs[:_MAX_TENSORS]],
            "item_bytes": next(filter(None, sizes), 0),
        }

    def _shape(self, tensor: Any) -> list[int]:
        if tensor.shape.rank is None:
            return [self.unknown, self.unknown]
        sizes = [self.unknown if size is None else min(size, _MAX_SIZE) for size in tensor.shape]
        return sizes[:_MAX_RANK]


def _running(graph: Any) -> list[Any]:
    """Return the ops that TensorFlow runs each time: none without effect, none without inputs.

    It leaves out what no result needs, such as the gradient of the images, and works out what
    depends on constants alone before the first step.
    """
    needed: set[Any] = set()
    waiting = [*(tensor.op for tensor in graph.outputs), *graph.control_outputs]
    while waiting:
        op = waiting.pop()
        if op not in needed:
            needed.add(op)
            waiting += [*(tensor.op for tensor in op.inputs), *op.control_inputs]
    constant: set[Any] = set()
    for op in graph.get_operations():
        if op.type in _SHAPES:
            known = all(tensor.shape.is_fully_defined() for tensor in op.inputs)
        else:
            known = bool(op.inputs) and all(tensor.op in constant for tensor in op.inputs)
        if op.type == "Const" or (known and not op.op_def.is_stateful):
            constant.add(op)
    running = needed - constant
    return [op for op in graph.get_operations() if op in running and op.type != "Placeholder"]


def _attributes(op: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _ATTRIBUTES:
        if name in op.node_def.attr:
            value = op.get_attr(name)
            found[name] = value.decode()[:_MAX_TEXT] if isinstance(value, bytes) else value
    return found


def _is_float16(op: Any) -> bool:
    return any(tensor.dtype.base_dtype.name == "float16" for tensor in (*op.outputs, *op.inputs))


def _functions(op: Any) -> list[Any]:
    """Return the graphs of the functions that an op calls; of a condition, every branch."""
    attributes = op.node_def.attr.values()
    called = [each for value in attributes for each in (value.func, *value.list.func) if each.name]
    return [op.graph._get_function(each.name).graph for each in called]  # noqa: SLF001


def _rounds(loop: Any, known: dict[Any, int]) -> int | None:
    """Return how often a loop goes round at most; None where nothing is known."""
    condition = loop.graph._get_function(loop.get_attr("cond").name).graph  # noqa: SLF001
    from_outside = dict(zip((tensor.op for tensor in condition.inputs), loop.inputs, strict=True))
    bounds = []
    for op in condition.get_operations():
        if op.type == "Less":
            limit = op.inputs[1]
            outer = from_outside.get(limit.op, limit)
            bounds.append(known.get(outer.op, _value(outer)))
    return min((bound for bound in bounds if bound is not None), default=None)


def _value(tensor: Any) -> int | None:
    import tensorflow as tf

    value = tf.get_static_value(tensor)
    return None if value is None or value.size != 1 else max(0, int(value))
