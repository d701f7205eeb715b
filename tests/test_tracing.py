"""What a real Keras training is traced to; `tests.traced` makes the models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cost import Graph, Op, cost_of
from autograder.jobs import environment
from autograder.models import Cost, LayerCost
from tests.traced import BATCH, CLASSES, SIZE

Graphs = dict[str, Graph]
# FLOPs of a convolution of 3x3 pixels, without padding, from 3 channels to 4.
CONVOLUTION = 2 * BATCH * (SIZE - 2) ** 2 * (3 * 3 * 3) * 4


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Graphs:
    file = tmp_path_factory.mktemp("traced") / "traced.json"
    path = {"PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run(
        [sys.executable, "-m", "tests.traced", str(file)],
        env=environment(strict=True) | path,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    found = json.loads(file.read_text("utf-8"))
    return {name: Graph.model_validate_json(json.dumps(each)) for name, each in found.items()}


def rows(graph: Graph, layer: str, name: str) -> list[Op]:
    return [op for op in graph.train.rows if op.layer == layer and op.op == name]


def layers(cost: Cost) -> dict[str, LayerCost]:
    return {layer.layer: layer for layer in cost.layers if layer.part == "model"}


def test_each_layer_of_the_model_has_its_own_row(graphs: Graphs) -> None:
    always = ["first", "second", "flat", "head"]
    assert list(layers(cost_of(graphs["plain"].train))) == ["turned", *always]
    assert list(layers(cost_of(graphs["plain"].predict))) == always


def test_the_parts_of_a_step_are_told_apart(graphs: Graphs) -> None:
    train = cost_of(graphs["plain"].train)
    parts = {layer.part for layer in train.layers}
    assert parts == {"model", "augmentation", "loss", "optimizer", "harness"}
    assert {layer.part for layer in cost_of(graphs["plain"].predict).layers} == {"model", "harness"}
    optimizer = {op.op for op in graphs["plain"].train.rows if op.part == "optimizer"}
    assert "AssignAddVariableOp" in optimizer
    loss = {op.op for op in graphs["plain"].train.rows if op.part == "loss"}
    assert "Exp" in loss


def test_an_augmenting_layer_in_the_model_is_the_models(graphs: Graphs) -> None:
    warps = [op for op in graphs["plain"].train.rows if op.op == "ImageProjectiveTransformV3"]
    assert {(op.part, op.layer) for op in warps} == {("model", "turned"), ("augmentation", "")}


def test_flops_are_those_counted_by_hand(graphs: Graphs) -> None:
    [forward] = rows(graphs["nested"], "deep", "Conv2D")
    assert forward.inputs == ((BATCH, SIZE, SIZE, 3), (3, 3, 3, 4))
    assert layers(cost_of(graphs["plain"].train))["first"].forward_flops == pytest.approx(
        CONVOLUTION, rel=0.05
    )  # and the bias
    [head] = [op for op in rows(graphs["plain"], "head", "MatMul") if not op.backward]
    assert head.outputs == ((BATCH, CLASSES),)


def test_gradients_count_to_the_layer_but_not_one_that_nobody_needs(graphs: Graphs) -> None:
    to_input = {op.layer for op in graphs["plain"].train.rows if op.op == "Conv2DBackpropInput"}
    to_filter = {op.layer for op in graphs["plain"].train.rows if op.op == "Conv2DBackpropFilter"}
    assert to_input == {"second"}
    assert to_filter == {"first", "second"}
    assert not any(op.backward for op in graphs["plain"].predict.rows)


def test_a_shared_layer_is_one_row_that_counts_each_use(graphs: Graphs) -> None:
    assert sum(op.count for op in rows(graphs["nested"], "twice", "Conv2D")) == 2


def test_of_nested_models_the_innermost_layers_are_rows(graphs: Graphs) -> None:
    assert list(layers(cost_of(graphs["nested"].train))) == [
        "twice", "deep", "block", "flat", "head",
    ]  # fmt: skip


def test_a_layer_made_of_layers_is_one_row(graphs: Graphs) -> None:
    assert len(rows(graphs["nested"], "block", "Conv2D")) == 1


def test_a_loop_counts_as_often_as_it_goes_round_both_ways(graphs: Graphs) -> None:
    lstm = rows(graphs["recurrent"], "lstm", "MatMul")
    assert sum(op.count for op in lstm if not op.backward) == 2 * SIZE  # the input's, the state's
    assert sum(op.count for op in lstm if op.backward) == 3 * SIZE  # and two weights', one state's
    assert "lstm_cell" not in layers(cost_of(graphs["recurrent"].train))


def test_the_ops_of_a_hand_made_layer_are_counted(graphs: Graphs) -> None:
    wave = cost_of(graphs["hand_made"].predict)
    assert layers(wave)["wave"].forward_flops == (2 * 3 + 1) * 256 * SIZE**2 * 7


def test_of_a_condition_every_branch_counts(graphs: Graphs) -> None:
    kinds = {op.op for op in graphs["hand_made"].train.rows if op.layer == "either"}
    assert {"Exp", "Cos"} <= kinds


def test_an_unknown_op_is_named_and_priced_by_its_size(graphs: Graphs) -> None:
    cost = cost_of(graphs["hand_made"].predict)
    assert cost.unknown_ops == ("BesselJ0", "PyFuncStateless")
    assert layers(cost)["odd"].ms > layers(cost)["wave"].ms


def test_sizes_that_nobody_knows_before_are_guessed(graphs: Graphs) -> None:
    for ops in (graphs["hand_made"].train, graphs["hand_made"].predict):
        assert layers(cost_of(ops))["bright"].ms > 0
    rounds = rows(graphs["hand_made"], "bright", "Where")
    assert rounds[0].outputs[0][0] > 1


def test_a_subclassed_model_keeps_what_its_own_call_does(graphs: Graphs) -> None:
    found = layers(cost_of(graphs["subclassed"].train))
    assert list(found) == ["own", "", "flatten", "head"]
    assert rows(graphs["subclassed"], "", "Tanh")


def test_bfloat16_is_computed_wide_and_moved_narrow(graphs: Graphs) -> None:
    [convolution] = [op for op in rows(graphs["bfloat16"], "first", "Conv2D") if not op.backward]
    assert convolution.item_bytes == 4
    assert {op.item_bytes for op in rows(graphs["bfloat16"], "second", "Relu")} == {2}
    assert cost_of(graphs["bfloat16"].train).ms > cost_of(graphs["plain"].train).ms


@pytest.mark.parametrize("name", ["plain", "bfloat16", "nested", "recurrent", "subclassed"])
def test_a_usual_model_has_no_unknown_op_and_fits(graphs: Graphs, name: str) -> None:
    for ops in (graphs[name].train, graphs[name].predict):
        assert cost_of(ops).unknown_ops == ()
        assert ops.left_out == 0


def test_ops_that_there_is_no_room_for_are_counted(graphs: Graphs) -> None:
    whole, cut = graphs["plain"].train, graphs["plain, cut"].train
    assert len(cut.rows) == 20
    assert cut.left_out == sum(op.count for op in whole.rows) - sum(op.count for op in cut.rows)
