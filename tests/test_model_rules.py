"""Rules on the built model, judged from a job's data."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from autograder.config import BudgetConfig, Config, RulesConfig
from autograder.model_rules import Description, check_model, model_parameters
from autograder.models import Finding, Layer
from autograder.rubric import ScaledCriterion

CLASSES, COUNT, SHAPE = 4, 40, (8, 8, 3)
LABELS = (np.arange(COUNT) % CLASSES).astype(np.int32)
CONFIG = Config(
    version=1,
    budget=BudgetConfig(parameters=1000),
    rules=RulesConfig(min_convolutions=2, max_untrained_accuracy=0.5),
    rubric=(ScaledCriterion(id="a", title="A", points=1, metric="accuracy", zero_at=0, full_at=1),),
)


def layer(kind: str = "Conv2D", *shapes: tuple[int, ...], trainable: bool = True) -> Layer:
    learnt = shapes if trainable else ()
    return Layer(kind.lower(), kind, kind == "Conv2D", (8, 8, 4), shapes, learnt)


SOUND = Description(
    layers=(layer("Conv2D", (3, 3, 3, 4), (4,)), layer("Conv2D", (3, 3, 4, 4)), layer("Flatten")),
    output_shape=(CLASSES,),
    augmented_shape=SHAPE,
    plan={},
    untrained=np.zeros((COUNT, CLASSES), "<f4").tobytes(),
    augmented=np.zeros((2, 3, *SHAPE), np.float32),
)


def check(config: Config = CONFIG, **changes: object) -> list[Finding]:
    description = dataclasses.replace(SOUND, **changes)  # type: ignore[arg-type]
    return list(check_model(description, LABELS, CLASSES, SHAPE, config))


def test_a_sound_model_breaks_no_rule() -> None:
    assert check() == []


def test_parameters_are_counted_over_all_weights() -> None:
    assert model_parameters(SOUND.layers) == 3 * 3 * 3 * 4 + 4 + 3 * 3 * 4 * 4


def test_too_many_parameters_name_the_largest_layer() -> None:
    wide = Layer("wide", "Dense", False, (100,), ((50, 100),), ((50, 100),))
    (finding,) = check(layers=(*SOUND.layers, wide))
    assert finding.rule == "parameter-limit"
    assert "5,256" in finding.message
    assert "'wide'" in finding.hint


def test_too_few_convolutions() -> None:
    (finding,) = check(layers=SOUND.layers[1:])
    assert finding.rule == "convolution-layers"


def test_a_frozen_model_is_not_trainable() -> None:
    frozen = tuple(dataclasses.replace(part, trainable_shapes=()) for part in SOUND.layers)
    (finding,) = check(layers=frozen)
    assert finding.rule == "trainable"


@pytest.mark.parametrize("shape", [(CLASSES + 1,), (8, 8, CLASSES), ()])
def test_a_wrong_output_shape_is_shown_beside_the_right_one(shape: tuple[int, ...]) -> None:
    (finding,) = check(output_shape=shape)
    assert finding.rule == "output-shape"
    assert f"(batch, {CLASSES})" in finding.message


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_output_that_is_no_number(value: float) -> None:
    outputs = np.zeros((COUNT, CLASSES), "<f4")
    outputs[7, 1] = value
    (finding,) = check(untrained=outputs.tobytes())
    assert finding.rule == "finite-output"


def test_weights_that_came_with_the_code() -> None:
    (finding,) = check(untrained=np.eye(CLASSES, dtype="<f4")[LABELS].tobytes())
    assert finding.rule == "untrained-at-chance"
    assert "100%" in finding.message


def test_an_augmentation_must_keep_the_shape() -> None:
    (finding,) = check(augmented_shape=(6, 6, 3), augmented=None)
    assert finding.rule == "augmentation-shape"
    assert "(6, 6, 3)" in finding.message


def test_an_augmentation_must_make_numbers() -> None:
    (finding,) = check(augmented=np.full((2, 3, *SHAPE), np.nan, np.float32))
    assert finding.rule == "augmentation-shape"


def test_a_rule_that_is_switched_off_says_nothing() -> None:
    rules = CONFIG.rules.model_copy(update={"disabled": ("convolution-layers",)})
    assert check(CONFIG.model_copy(update={"rules": rules}), layers=SOUND.layers[1:]) == []


@pytest.mark.parametrize(("num_classes", "right", "rejected"), [(43, 7, True), (43, 6, False)])
def test_untrained_accuracy_is_held_against_chance(
    num_classes: int, right: int, rejected: bool
) -> None:
    labels = np.arange(43, dtype=np.int32)
    outputs = np.zeros((43, num_classes), "<f4")
    outputs[np.arange(43), (labels + (labels >= right)) % 43] = 1
    config = CONFIG.model_copy(update={"rules": RulesConfig(min_convolutions=2)})
    sound = dataclasses.replace(SOUND, output_shape=(43,), untrained=outputs.tobytes())
    findings = list(check_model(sound, labels, num_classes, SHAPE, config))
    assert [finding.rule for finding in findings] == ["untrained-at-chance"] * rejected


def test_of_few_classes_luck_may_know_all_before_training() -> None:
    labels = (np.arange(COUNT) % 2).astype(np.int32)
    outputs = np.eye(2, dtype="<f4")[labels]
    config = CONFIG.model_copy(update={"rules": RulesConfig(min_convolutions=2)})
    sound = dataclasses.replace(SOUND, output_shape=(2,), untrained=outputs.tobytes())
    assert not list(check_model(sound, labels, 2, SHAPE, config))
