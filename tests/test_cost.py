"""What ops cost, counted by hand, and what forged ones can do (nothing)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from autograder import rates
from autograder.cost import Graph, Op, Ops, TrainingCost, cost_of, price

CONVOLUTION: dict[str, Any] = {
    "op": "Conv2D",
    "inputs": ((64, 32, 32, 16), (3, 3, 16, 32)),
    "outputs": ((64, 32, 32, 32),),
}
DENSE: dict[str, Any] = {"op": "MatMul", "inputs": ((64, 100), (100, 43)), "outputs": ((64, 43),)}


def op(**fields: Any) -> Op:
    defaults: dict[str, Any] = {"part": "model", "layer": "x", "item_bytes": 4, "count": 1}
    return Op(**(defaults | fields))


def elementwise(name: str, *shapes: tuple[int, ...]) -> Op:
    return op(op=name, inputs=shapes, outputs=(max(shapes, key=math.prod),))


def step(*rows: Op) -> Ops:
    return Ops(batch_size=64, left_out=0, rows=rows)


def test_a_convolution_multiplies_and_adds_once_a_weight_and_pixel() -> None:
    assert price(op(**CONVOLUTION)).flops == 2 * 64 * 32 * 32 * 32 * (3 * 3 * 16)


def test_a_gradient_of_a_convolution_has_the_flops_of_the_convolution() -> None:
    image, filters, features = (64, 32, 32, 16), (3, 3, 16, 32), (64, 32, 32, 32)
    to_input = op(op="Conv2DBackpropInput", inputs=((4,), filters, features), outputs=(image,))
    to_filter = op(op="Conv2DBackpropFilter", inputs=(image, (4,), features), outputs=(filters,))
    forward = price(op(**CONVOLUTION)).flops
    assert price(to_input).flops == price(to_filter).flops == forward


def test_strides_divide_the_flops_by_the_pixels_left_out() -> None:
    strided = op(**CONVOLUTION | {"outputs": ((64, 16, 16, 32),)})
    assert price(strided).flops == price(op(**CONVOLUTION)).flops / 4


def test_groups_divide_the_flops_but_xla_takes_longer_for_them() -> None:
    filters = (3, 3, 4, 32)
    grouped = op(**CONVOLUTION | {"inputs": ((64, 32, 32, 16), filters), "xla": True})
    assert price(grouped).flops == price(op(**CONVOLUTION)).flops / 4
    assert price(grouped).us > price(op(**CONVOLUTION)).us


def test_a_depthwise_convolution_sees_each_channel_alone() -> None:
    depthwise = op(
        op="DepthwiseConv2dNative",
        inputs=((8, 16, 16, 24), (5, 5, 24, 1)),
        outputs=((8, 16, 16, 24),),
    )
    assert price(depthwise).flops == 2 * 8 * 16 * 16 * 24 * 25


@pytest.mark.parametrize(
    ("fields", "flops"),
    [
        (DENSE, 2 * 64 * 100 * 43),
        ({"op": "MatMul", "inputs": ((100, 64), (64, 43)), "outputs": ((100, 43),)}, 550_400),
        # The gradient of weights: the first factor comes transposed.
        ({"op": "MatMul", "inputs": ((64, 100), (64, 43)), "outputs": ((100, 43),)}, 550_400),
        (
            {"op": "BatchMatMulV2", "inputs": ((8, 4, 9, 5), (8, 4, 5, 7)),
             "outputs": ((8, 4, 9, 7),)},
            2 * 8 * 4 * 9 * 7 * 5,
        ),
        (
            {"op": "Einsum", "equation": "aecd,abcd->acbe", "inputs": ((8, 9, 4, 5), (8, 7, 4, 5)),
             "outputs": ((8, 4, 7, 9),)},
            2 * 8 * 4 * 7 * 9 * 5,
        ),
        (
            {"op": "Einsum", "equation": "...x,xy->...y", "inputs": ((8, 9, 5), (5, 6)),
             "outputs": ((8, 9, 6),)},
            2 * 8 * 9 * 6 * 5,
        ),
    ],
)  # fmt: skip
def test_a_product_of_matrices_sums_over_what_is_gone(fields: dict[str, Any], flops: int) -> None:
    assert price(op(**fields)).flops == flops


def test_pooling_looks_at_a_window_for_each_pixel_that_is_left() -> None:
    pooled, image = (64, 16, 16, 8), (64, 32, 32, 8)
    forward = op(op="MaxPool", inputs=(image,), outputs=(pooled,), ksize=(1, 2, 2, 1))
    backward = op(
        op="MaxPoolGrad", inputs=(image, pooled, pooled), outputs=(image,), ksize=(1, 2, 2, 1)
    )
    assert price(forward).flops == price(backward).flops == 64 * 16 * 16 * 8 * 4


def test_other_ops_count_one_flop_an_element_and_moving_none() -> None:
    assert price(elementwise("Exp", (64, 100))).flops == 6400
    assert price(elementwise("Transpose", (64, 100))).flops == 0


def test_more_of_the_same_never_costs_less() -> None:
    for name in rates.KIND_OF:
        prices = [price(elementwise(name, (size, 8, 8, 16))).us for size in (1, 4, 64, 1024)]
        assert prices == sorted(prices), name


def test_a_slower_function_a_broadcast_and_a_far_axis_cost_more() -> None:
    big, row = (64, 32, 32, 16), (16,)
    assert price(elementwise("Pow", big)).us > price(elementwise("Exp", big)).us
    assert price(elementwise("Exp", big)).us > price(elementwise("Relu", big)).us
    assert price(elementwise("Mul", big, row)).us > price(elementwise("Mul", big, ())).us
    groups = (64, 32, 32, 4, 4)
    together, apart = (
        op(op="Mean", inputs=(groups,), outputs=(shape,))
        for shape in ((64, 1, 1, 4, 4), (64, 1, 1, 4, 1))
    )
    assert price(apart).us > price(together).us


def test_an_unknown_op_is_named_and_costs_more_than_a_known_one() -> None:
    unknown = elementwise("SomethingNew", (64, 32, 32, 16))
    assert price(unknown).us > price(elementwise("Exp", (64, 32, 32, 16))).us
    assert cost_of(step(unknown, op(**DENSE))).unknown_ops == ("SomethingNew",)


@pytest.mark.parametrize("fields", [{"op": "Conv2D"}, {"op": "MaxPool"}, {"op": "Gone"}, DENSE])
def test_nothing_is_free(fields: dict[str, Any]) -> None:
    bare = op(**fields | {"inputs": (), "outputs": ()})
    assert price(bare).us >= rates.OP_US > 0


def test_what_there_was_no_room_for_costs_as_much_as_the_dearest_op() -> None:
    rows = (op(**CONVOLUTION), op(**DENSE))
    full = Ops(batch_size=64, left_out=3, rows=rows)
    more_ms = 3 * price(op(**CONVOLUTION)).us / 1e3
    assert cost_of(full).ms == pytest.approx(cost_of(step(*rows)).ms + more_ms)
    assert cost_of(Ops(batch_size=64, left_out=3, rows=())).ms > cost_of(step()).ms


def test_the_sum_of_the_layers_is_the_cost_of_the_step() -> None:
    conv, dense = op(**CONVOLUTION, layer="conv", count=3), op(**DENSE, layer="dense")
    gradient = op(**DENSE, layer="dense", backward=True)
    update = op(op="AssignAddVariableOp", inputs=((), (9,)), part="optimizer", layer="")
    cost = cost_of(step(conv, dense, gradient, update))
    assert [(layer.part, layer.layer) for layer in cost.layers] == [
        ("model", "conv"),
        ("model", "dense"),
        ("optimizer", ""),
    ]
    one = price(dense)
    assert cost.layers[0].forward_flops == 3 * price(conv).flops
    assert cost.layers[1].forward_flops == cost.layers[1].backward_flops == one.flops
    assert cost.layers[1].ms == pytest.approx(2 * one.us / 1e3)
    assert cost.flops == 3 * price(conv).flops + 2 * one.flops + 9
    assert cost.ms == pytest.approx(rates.STEP_US / 1e3 + sum(layer.ms for layer in cost.layers))


def test_a_training_is_its_steps_and_a_validation_each_epoch_begun() -> None:
    training = TrainingCost(step_s=0.5, validation_s=2.0, steps_per_epoch=10)
    assert training.seconds(10) == 7.0
    assert training.seconds(11) == 9.5


def test_a_validation_costs_its_share_of_predicted_batches() -> None:
    graph = Graph(train=step(op(**CONVOLUTION)), predict=step(op(**DENSE)))
    training = TrainingCost.of(graph, validation_images=160, steps_per_epoch=10)
    assert training.validation_s == pytest.approx(2.5 * cost_of(graph.predict).ms / 1e3)


@given(
    step_s=st.floats(1e-5, 10), validation_s=st.floats(1e-5, 100), epoch=st.integers(1, 5000),
    steps=st.integers(1, 50_000),
)  # fmt: skip
@example(step_s=1e-5, validation_s=58.0, epoch=2, steps=345)
def test_a_budget_pays_for_what_it_pays_for_and_no_step_more(
    step_s: float, validation_s: float, epoch: int, steps: int
) -> None:
    training = TrainingCost(step_s, validation_s, epoch)
    assert training.steps(training.seconds(steps)) == steps
    assert training.steps(training.seconds(steps) - step_s / 2) == steps - 1
    assert training.steps(0) == 0


SIZES = st.sampled_from([0, 1, 2, 3, 8, 10**6, 2**31])
SHAPES = st.lists(SIZES, max_size=16).map(tuple)


FORGED_OPS = st.builds(
    op, op=st.sampled_from(sorted(rates.KIND_OF)), inputs=st.lists(SHAPES, max_size=4).map(tuple),
    outputs=st.lists(SHAPES, max_size=2).map(tuple), ksize=st.lists(SIZES, max_size=8).map(tuple),
    equation=st.text("abc,.->", max_size=12), xla=st.booleans(), item_bytes=st.just(64),
    count=st.just(10**9),
)  # fmt: skip


@given(forged=FORGED_OPS)
def test_whatever_a_job_writes_has_a_price_that_is_a_number(forged: Op) -> None:
    cost = cost_of(step(*[forged] * 10))
    assert rates.STEP_US / 1e3 < cost.ms < math.inf
    assert 0 <= cost.flops < math.inf


@pytest.mark.parametrize(
    "change",
    [
        {"count": 0},
        {"count": -5},
        {"count": 10**10},
        {"count": 1.5},
        {"count": math.nan},
        {"inputs": [[-1]]},
        {"inputs": [[2**40]]},
        {"inputs": [[math.inf]]},
        {"inputs": [[1] * 17]},
        {"item_bytes": 1000},
        {"part": "teacher"},
        {"layer": "x" * 501},
        {"price": 0},
    ],
)
def test_a_row_that_is_not_as_we_write_it_is_refused(change: dict[str, Any]) -> None:
    row: dict[str, Any] = {"part": "model", "layer": "x", "op": "Relu", "count": 1}
    row |= {"inputs": [[64, 8]], "outputs": [[64, 8]], "item_bytes": 4}
    ops = {"batch_size": 64, "left_out": 0, "rows": [row]}
    Graph.model_validate_json(json.dumps({"train": ops, "predict": ops}))
    forged = json.dumps({"train": ops | {"rows": [row | change]}, "predict": ops})
    with pytest.raises(ValidationError):
        Graph.model_validate_json(forged)


def test_each_op_is_of_one_kind() -> None:
    names = [name for kind in rates.KINDS.values() for name in kind.ops.split()]
    assert len(names) == len(set(names))


def test_the_published_constants_are_those_in_use() -> None:
    page = (Path(__file__).parent.parent / "docs" / "reference-seconds.md").read_text("utf-8")
    for name, kind in {**rates.KINDS, "unknown": rates.UNKNOWN}.items():
        numbers = (kind.overhead_us, kind.gitems, kind.gbytes)
        assert f"| {name} | {' | '.join(f'{number:g}' for number in numbers)} |" in page, name
    assert f"price = {rates.OP_US:g} + overhead" in page
    assert f"A step costs {rates.STEP_US:g} µs more" in page
    assert f"first {rates.CACHE_BYTES >> 20} MiB" in page
    assert f"moved at {rates.MEMORY_GBYTES:g} GB/s at most" in page
