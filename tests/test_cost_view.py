"""The price of a step and the use of the budget, as a student reads them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from autograder.cost_view import show_budget, show_cost
from autograder.models import Cost, Layer, LayerCost, TrainingPlan

CONV = Layer("conv", "Conv2D", True, (30, 30, 8), ((3, 3, 3, 8), (8,)), ((3, 3, 3, 8), (8,)))
RELU = Layer("relu", "ReLU", False, (30, 30, 8), (), ())
DENSE = Layer("dense", "Dense", False, (None, 5), ((8, 5),), ((8, 5),))
COST = Cost(
    layers=(
        LayerCost("augmentation", "", 0.0, 0.0, 3.0),
        LayerCost("model", "conv", 32e6, 64e6, 6.0),
        LayerCost("model", "relu", 1e3, 1e3, 0.01),
        LayerCost("model", "elsewhere", 0.0, 0.0, 0.5),
        LayerCost("loss", "", 0.0, 0.0, 0.25),
        LayerCost("harness", "", 0.0, 0.0, 0.24),
    ),
    overhead_ms=1.0,
    batch_size=32,
    unknown_ops=(),
)


def shown(cost: Cost = COST) -> list[str]:
    file = io.StringIO()
    show_cost(Console(file=file, width=100), cost, (CONV, RELU, DENSE))
    return file.getvalue().splitlines()


def cells(name: str) -> list[str]:
    (row,) = [line for line in shown() if line.startswith("│") and f" {name} " in line]
    return [cell.strip() for cell in row.strip("│").split("│")]


def test_a_layer_has_its_shape_parameters_flops_of_an_image_and_price() -> None:
    assert cells("conv") == ["conv", "30x30x8", "224", "1.00", "6.00"]


def test_a_layer_with_weights_is_shown_even_if_it_costs_nothing() -> None:
    assert cells("dense") == ["dense", "?x5", "40", "", "0.00"]


def test_cheap_layers_without_weights_are_left_to_the_rest() -> None:
    assert not [line for line in shown() if "relu" in line]
    assert cells("the rest of a step")[-1] == f"{1.0 + 0.01 + 0.5 + 0.24:.2f}"


def test_the_rows_add_up_to_the_price_of_a_step() -> None:
    assert cells("in all")[-1] == "11.00"
    rows = [cells(name)[-1] for name in ("conv", "dense", "augmentation", "loss", "optimizer")]
    rows.append(cells("the rest of a step")[-1])
    assert sum(map(float, rows)) == pytest.approx(11.0)


def test_ops_without_a_known_rate_are_named() -> None:
    assert "guess" not in "".join(shown())
    guessed = Cost(COST.layers, 1.0, 32, ("MatrixSolve",))
    assert "cautious guess: MatrixSolve" in shown(guessed)[-1]


@pytest.mark.parametrize(
    ("steps", "used_s", "words"),
    [
        (500, 30.04, "your plan uses 30.0 of 40 reference seconds"),
        (333, 39.9, "asks for 60.0 reference seconds and gets 40: training ends after 333 of 500"),
    ],
)
def test_the_budget_says_what_is_used_or_where_training_ends(
    steps: int, used_s: float, words: str
) -> None:
    file = io.StringIO()
    plan = TrainingPlan(5, 40, 100, steps, 333, 60.0, used_s, 0.5)
    show_budget(Console(file=file, width=200), plan, 40.0)
    assert words in file.getvalue()
