"""What makes bits hold on one CPU model only, from traced ops."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.cost import Graph
from autograder.portability import unportable


def graph(**more: Any) -> Graph:
    """Return a training of two layers, one of which is not ordinary."""
    ordinary = {"part": "model", "layer": "dense", "op": "MatMul", "count": 1}
    rows = [ordinary, ordinary | {"layer": "mine", "op": "Softmax"} | more]
    ops = {"batch_size": 8, "left_out": 0}
    data = {"train": ops | {"rows": rows}, "predict": ops | {"rows": [ordinary]}}
    return Graph.model_validate(data, strict=False)


def test_ordinary_ops_are_the_same_everywhere() -> None:
    assert unportable(graph()) == ()


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"xla": True}, "XLA"),
        ({"float16": True}, "float16"),
        ({"op": "EagerPyFunc"}, "tf.py_function"),
        ({"op": "Rsqrt"}, "Rsqrt"),
        ({"op": "MatMul", "item_bytes": 8}, "float64"),
        ({"op": "Conv2DBackpropFilter", "item_bytes": 8}, "float64"),
        ({"op": "Qr"}, "large matrices"),
        ({"op": "Erfc"}, "AVX-512"),
        ({"op": "Reciprocal"}, "Reciprocal"),
    ],
)
def test_a_reason_names_the_layer(more: dict[str, Any], word: str) -> None:
    (reason,) = unportable(graph(**more))
    assert word in reason
    assert reason.endswith("(in mine)")


def test_outside_of_layers_the_part_is_named() -> None:
    (reason,) = unportable(graph(xla=True, part="augmentation", layer=""))
    assert reason.endswith("(in the augmentation)")


def test_each_reason_is_given_once() -> None:
    assert len(unportable(graph(xla=True, float16=True))) == 2
