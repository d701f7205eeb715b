"""Histories and sizes are those of real trainings on the road signs, rounded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder import diagnoses
from autograder.diagnoses import LayerFacts, Symptoms, diagnose
from autograder.models import Diagnosis, Epoch, Layer, TrainingPlan
from autograder.roadsigns.classes import CLASSES

NAMES = tuple(sign.name for sign in CLASSES)
COUNT = 43
OF_EACH = 23
LABELS = np.repeat(np.arange(COUNT), OF_EACH).astype(np.int32)
NAN, INFINITY = float("nan"), float("inf")


def history(*epochs: tuple[float, float, float, float], steps: int = 62) -> tuple[Epoch, ...]:
    """Take loss, accuracy, validation loss and validation accuracy of each epoch."""
    return tuple(Epoch(i, i * steps, *values) for i, values in enumerate(epochs, start=1))


def outputs(
    wrong: dict[tuple[int, int], int] | None = None, certainty: float = 0.95
) -> NDArray[np.float32]:
    """Return probabilities that are right but for so many of (class, taken for)."""
    predicted = LABELS.copy()
    for (true, taken), count in (wrong or {}).items():
        rest = np.flatnonzero((true == LABELS) & (predicted == true))
        predicted[rest[:count]] = taken
    found = np.full((len(LABELS), COUNT), (1 - certainty) / (COUNT - 1), np.float32)
    found[np.arange(len(LABELS)), predicted] = certainty
    return found


def layer(
    kind: str,
    shape: tuple[int, ...] | None = (32, 32, 16),
    weights: tuple[tuple[int, ...], ...] = (),
    **facts: float | str,
) -> LayerFacts:
    name = str(facts.pop("name", kind.lower()))
    described = Layer(name, kind, kind == "Conv2D", shape, weights, weights)
    return LayerFacts(described, **facts)  # type: ignore[arg-type]


# The reference solution, 13 epochs.
WELL = history(
    (2.157, 0.432, 1.477, 0.562), (0.677, 0.794, 0.745, 0.768), (0.414, 0.873, 0.624, 0.801),
    (0.230, 0.927, 0.403, 0.872), (0.169, 0.951, 0.437, 0.867), (0.119, 0.962, 0.349, 0.897),
    (0.104, 0.969, 0.246, 0.924), (0.078, 0.978, 0.254, 0.924), (0.063, 0.984, 0.237, 0.929),
    (0.057, 0.988, 0.214, 0.929), (0.054, 0.986, 0.216, 0.935), (0.046, 0.990, 0.209, 0.935),
    (0.045, 0.989, 0.210, 0.934),
)  # fmt: skip
# The same without augmentation, its last six epochs.
BY_HEART = history(
    (0.006, 1.000, 0.494, 0.854), (0.006, 1.000, 0.466, 0.867), (0.005, 1.000, 0.475, 0.868),
    (0.005, 1.000, 0.474, 0.862), (0.004, 1.000, 0.471, 0.867), (0.004, 1.000, 0.475, 0.864),
)  # fmt: skip
# LeNet, ten epochs: training accuracy is far ahead, but both go on rising.
UNFINISHED = history(
    (3.426, 0.114, 3.845, 0.123), (2.570, 0.316, 2.908, 0.225), (1.909, 0.432, 2.360, 0.306),
    (1.475, 0.553, 2.019, 0.409), (1.241, 0.621, 1.795, 0.480), (1.044, 0.680, 1.572, 0.484),
    (0.923, 0.722, 1.419, 0.562), (0.836, 0.740, 1.209, 0.632), (0.694, 0.786, 1.087, 0.643),
    (0.659, 0.796, 1.005, 0.691),
)  # fmt: skip
# The same with pixels in 0..255.
RAW = history((13.479, 0.112, 3.710, 0.156), (2.545, 0.343, 3.208, 0.265))
# With a learning rate of 0.05: loss and accuracy of a network that guesses.
GUESSES = history(
    (9.328, 0.051, 4.074, 0.024), (3.514, 0.059, 4.081, 0.023), (3.513, 0.051, 4.036, 0.024)
)
SLOW = history((3.683, 0.025, 3.857, 0.023), (3.559, 0.047, 3.932, 0.032))
TWICE = history((3.729, 0.067, 3.749, 0.047), (3.547, 0.256, 3.664, 0.137))
DIVERGES = history((0.9, 0.7, 1.0, 0.6), (NAN, 0.02, NAN, 0.02))
CONV = layer("Conv2D", weights=((3, 3, 3, 16), (16,)), previous="rescaling", cost=442_368)
DENSE = layer("Dense", (COUNT,), ((1024, COUNT), (COUNT,)), previous="flatten", cost=44_032)
LAYERS = (layer("Rescaling", (32, 32, 3)), CONV, layer("Flatten", (1024,)), DENSE)
UNSCALED = (CONV, layer("Flatten", (1024,)), DENSE)
CONFUSED = {(32, 41): 8, (19, 21): 5, (28, 30): 5, (42, 6): 4, (1, 2): 1}
GOOD = Symptoms(
    class_names=NAMES,
    history=WELL,
    plan=TrainingPlan(13, 64, 62, 806, 1250, 80.6, 80.6, 0.5),
    layers=LAYERS,
    labels=LABELS,
    predictions=outputs(CONFUSED),
    untrained=outputs(certainty=1 / COUNT)[:430],
    augmented=np.array([0, 255], np.float32),
    train_counts=(93,) * COUNT,
)
WITHOUT_PREDICTIONS = replace(GOOD, predictions=None)
ALL_SPENT = TrainingPlan(10, 64, 62, 620, 620, 62.0, 62.0, 0.5)


def ids(seen: Symptoms) -> set[str]:
    return {diagnosis.id for diagnosis in diagnose(seen)}


def with_layers(*layers: LayerFacts, **changes: object) -> Symptoms:
    return replace(GOOD, **{"layers": layers} | changes)  # type: ignore[arg-type]


def costs(*millions: float, **changes: object) -> Symptoms:
    """Return a network unfinished when the budget ended, whose layers cost so much."""
    layers = (layer("Conv2D", cost=cost, name=f"conv_{i}") for i, cost in enumerate(millions))
    unfinished = {"history": UNFINISHED, "plan": ALL_SPENT, "layers": tuple(layers)}
    return replace(WITHOUT_PREDICTIONS, **unfinished | changes)  # type: ignore[arg-type]


def normalised(rate: float = 0.3, between: LayerFacts | None = None) -> tuple[LayerFacts, ...]:
    """Return convolution, dropout and batch normalisation, and maybe something before the last."""
    dropout = layer("Dropout", rate=rate, previous="conv2d")
    middle = between or layer("MaxPooling2D", previous="dropout")
    normalisation = layer(
        "BatchNormalization", weights=((16,),) * 4, previous=middle.layer.name, momentum=0.99
    )
    return (LAYERS[0], CONV, dropout, middle, normalisation, *LAYERS[2:])


UNSURE = outputs(CONFUSED, certainty=0.5)
STEPS_150 = TrainingPlan(10, 256, 15, 150, 312, 15.0, 15.0, 0.5)
STEPS_400 = TrainingPlan(20, 200, 20, 400, 400, 40.0, 40.0, 0.5)
MIRRORED = {(39, 38): 23, (37, 36): 19, (19, 20): 13, (20, 19): 10, (34, 33): 11}
NOT_MIRRORED = {(39, 33): 23, (37, 35): 19, (19, 21): 13, (20, 23): 10, (34, 38): 11}
LOGITS = np.log(outputs(CONFUSED)) + 3
HALF_PIXELS = layer("Dropout", (32, 32, 3), rate=0.5)
DROPPED_CLASSES = layer("Dropout", (COUNT,), rate=0.3)
SMALL_RATE = layer("Dropout", (1024,), rate=0.6)
GREAT_RATE = layer("Dropout", (1024,), rate=0.8)
FLAT = np.array(np.exp(outputs()) / np.exp(outputs()).sum(axis=1, keepdims=True), np.float32)

PROVOKED = {
    "augmentation-rescales": replace(GOOD, augmented=np.array([0, 1], np.float32)),
    "inputs-not-rescaled": with_layers(
        *UNSCALED, history=RAW, untrained=100 * outputs({(i, 0): 23 for i in range(20)})[:430]
    ),
    "softmax-twice": replace(GOOD, history=TWICE, predictions=FLAT),
    "softmax-and-logits": replace(GOOD, from_logits=True),
    "logits-as-probabilities": replace(GOOD, from_logits=False, predictions=LOGITS),
    "loss-nan": replace(WITHOUT_PREDICTIONS, history=DIVERGES),
    "at-chance": replace(GOOD, history=GUESSES),
    "dropout-output": with_layers(*LAYERS, DROPPED_CLASSES),
    "dropout-input": with_layers(LAYERS[0], HALF_PIXELS, *LAYERS[1:]),
    "dropout-rate": with_layers(*LAYERS[:-1], GREAT_RATE, DENSE),
    "dropout-normalisation": with_layers(*normalised(), predictions=UNSURE),
    "normalisation-behind": with_layers(
        *normalised(rate=0.0), predictions=UNSURE, plan=STEPS_150
    ),
    "mirrored-classes": replace(GOOD, predictions=outputs(MIRRORED)),
    "overfitting": replace(GOOD, history=BY_HEART),
    "model-too-large": costs(30, 30, 30, plan=TrainingPlan(10, 64, 62, 186, 186, 62.0, 18.6, 0.5)),
    "underfitting": replace(GOOD, history=UNFINISHED),
    "one-layer": costs(10, 70, 20),
    "dead-classes": replace(GOOD, predictions=outputs({(0, 1): 23})),
    "confused-pairs": GOOD,
}  # fmt: skip

NEAR_MISSES = [
    ("augmentation-rescales", replace(GOOD, augmented=np.array([0, 30], np.float32))),
    ("inputs-not-rescaled", replace(PROVOKED["inputs-not-rescaled"], untrained=GOOD.untrained)),
    ("inputs-not-rescaled", replace(PROVOKED["inputs-not-rescaled"], layers=normalised())),
    ("inputs-not-rescaled", replace(PROVOKED["inputs-not-rescaled"], history=UNFINISHED)),
    ("inputs-not-rescaled", replace(PROVOKED["inputs-not-rescaled"], history=(*RAW, *WELL))),
    ("softmax-twice", replace(GOOD, history=TWICE)),
    ("softmax-twice", replace(GOOD, history=GUESSES, predictions=FLAT)),
    ("softmax-and-logits", replace(GOOD, from_logits=False)),
    ("softmax-and-logits", replace(GOOD, from_logits=True, predictions=LOGITS)),
    ("logits-as-probabilities", replace(GOOD, from_logits=True, predictions=LOGITS)),
    # Sigmoids do not add up to 1, but Keras makes them.
    ("logits-as-probabilities", replace(GOOD, from_logits=False, predictions=outputs() * 0.7)),
    ("loss-nan", replace(GOOD, history=history((1e30, 0.02, 1e30, 0.02)))),
    ("at-chance", replace(GOOD, history=history((3.5, 0.05, 3.6, 0.04)))),
    ("at-chance", replace(GOOD, history=history((0.5, 0.85, 9.0, 0.024)))),
    ("dropout-output", with_layers(*LAYERS[:-1], DROPPED_CLASSES, DENSE)),
    ("dropout-output", with_layers(*LAYERS, layer("Dropout", None, rate=0.3))),
    ("dropout-input", with_layers(LAYERS[0], layer("Dropout", (32, 32, 3), rate=0.2), CONV)),
    ("dropout-input", with_layers(*LAYERS[:2], layer("Dropout", (32, 32, 16), rate=0.5), DENSE)),
    ("dropout-rate", with_layers(*LAYERS[:-1], SMALL_RATE, DENSE)),
    # As in Wide ResNets: in the same place, but harmless.
    ("dropout-normalisation", with_layers(*normalised())),
    ("dropout-normalisation", with_layers(
        *normalised(between=layer("Conv2D", weights=((3, 3, 16, 16),), name="next",
                                  previous="dropout")), predictions=UNSURE)),
    ("normalisation-behind", with_layers(*normalised(rate=0.0), plan=STEPS_150)),
    ("normalisation-behind", with_layers(
        *normalised(rate=0.0), predictions=UNSURE, plan=STEPS_400)),
    ("mirrored-classes", replace(GOOD, predictions=outputs(NOT_MIRRORED))),
    ("mirrored-classes", replace(GOOD, predictions=outputs({(39, 38): 10}))),
    ("mirrored-classes", replace(GOOD, predictions=outputs(
        {(39, 38): 23, (34, 33): 11, (36, 1): 23, (19, 1): 23}))),
    ("overfitting", replace(GOOD, history=UNFINISHED)),
    ("overfitting", replace(GOOD, history=history(*[(0.1, 0.99, 0.4, 0.90)] * 6))),
    # The last epoch dipped; those before it did not.
    ("overfitting", replace(GOOD, history=(*WELL, Epoch(14, 868, 0.05, 0.99, 0.5, 0.86)))),
    ("model-too-large", costs(10, 10, 10)),
    ("model-too-large", costs(plan=TrainingPlan(10, 64, 62, 186, 186, 62.0, 18.6, 0.5))),
    ("underfitting", replace(GOOD, history=WELL[:4])),
    ("underfitting", replace(GOOD, history=BY_HEART)),
    ("one-layer", costs(25, 55, 20)),
    ("one-layer", costs(10, 70, 20, history=WELL)),
    ("one-layer", costs(10, 70, 20, plan=TrainingPlan(10, 64, 62, 620, 1250, 62.0, 62.0, 0.5))),
    ("dead-classes", replace(GOOD, predictions=outputs({(0, 1): 22}))),
    ("dead-classes", replace(GOOD, labels=np.where(LABELS == 0, 1, LABELS).astype(np.int32),
                             predictions=outputs({(0, 1): 23}))),
    ("dead-classes", replace(GOOD, predictions=outputs({(i, 1): 23 for i in range(2, 30)}))),
    ("confused-pairs", replace(GOOD, predictions=outputs({(1, 2): 1, (3, 5): 1}))),
]  # fmt: skip


@pytest.mark.parametrize("diagnosis", PROVOKED)
def test_it_is_found_where_it_is(diagnosis: str) -> None:
    assert diagnosis in ids(PROVOKED[diagnosis])


@pytest.mark.parametrize(("diagnosis", "seen"), NEAR_MISSES)
def test_it_is_not_found_where_it_nearly_is(diagnosis: str, seen: Symptoms) -> None:
    assert diagnosis not in ids(seen)


def test_every_diagnosis_has_a_near_miss() -> None:
    assert {diagnosis for diagnosis, _ in NEAR_MISSES} == set(PROVOKED)


def test_what_follows_from_what_names_only_what_there_is() -> None:
    follows = diagnoses._FOLLOWS_FROM
    assert set(follows).union(*follows.values()) <= set(PROVOKED)


def test_a_good_training_yields_the_confused_pairs_and_nothing_else() -> None:
    [found] = diagnose(GOOD)
    assert found == Diagnosis(
        "confused-pairs",
        "information",
        "Most often mistaken on the validation images: "
        "32 End of all restrictions for 41 End of no overtaking (8 of 23); "
        "19 Bend to the left for 21 Double bend, first to the left (5 of 23); "
        "28 Children for 30 Snow or ice (5 of 23).",
        "Look at these images side by side. What would you tell them apart by, and does it "
        "survive pooling and augmentation?",
    )


@pytest.mark.parametrize(
    ("diagnosis", "words"),
    [
        ("inputs-not-rescaled", "guessing costs only 3.76"),
        ("softmax-twice", "cannot fall below 2.80, and after epoch 2 it is 3.55"),
        ("softmax-and-logits", "Keras noticed and trained it rightly"),
        ("logits-as-probabilities", "they run from -3.73 to 2.95"),
        ("loss-nan", "From epoch 2 on the loss is no longer a number"),
        ("at-chance", "After epoch 3 your network reads 2% of"),
        ("dropout-rate", "drops 80% of its inputs and keeps 20%"),
        ("dropout-normalisation", "dropout lies straight before batchnormalization"),
        ("normalisation-behind", "made 150 steps"),
        ("mirrored-classes", "76 of 184 signs"),
        ("overfitting", "training accuracy 1.00, validation accuracy 0.86 after epoch 6"),
        ("model-too-large", "cost 90 reference milliseconds a step, so the budget pays for 3.0"),
        ("underfitting", "training loss lately 0.836, 0.694, 0.659"),
        ("one-layer", "70% of the computing goes into one layer, conv_1"),
        ("dead-classes", "1 of 43 classes are never predicted"),
    ],
)
def test_it_says_what_was_seen(diagnosis: str, words: str) -> None:
    [found] = [each for each in diagnose(PROVOKED[diagnosis]) if each.id == diagnosis]
    assert words in found.message


@pytest.mark.parametrize(
    ("diagnosis", "seen", "words"),
    [
        ("loss-nan", PROVOKED["loss-nan"], "a tenth of the learning rate first."),
        ("loss-nan", replace(PROVOKED["loss-nan"], learning_rate=0.1), "is 0.1 now, so 0.01"),
        ("at-chance", replace(GOOD, history=SLOW), "ten times the learning rate"),
        ("at-chance", PROVOKED["at-chance"], "a tenth of the learning rate"),
        ("overfitting", PROVOKED["overfitting"], "Dropout(0.3) before dense"),
        ("overfitting", with_layers(SMALL_RATE, DENSE, history=BY_HEART), "more dropout"),
        ("underfitting", PROVOKED["underfitting"], "you ask for 13, the budget pays for 20"),
        ("underfitting", costs(), "BatchNormalization after each convolution, then"),
        ("underfitting", costs(layers=normalised()), "Try a learning rate"),
        ("underfitting", costs(plan=replace(ALL_SPENT, batch_size=256)), "a smaller batch"),
        ("underfitting", replace(GOOD, history=history(*[(2.9, 0.2, 2.9, 0.2)] * 3)), "a third"),
        ("underfitting", replace(GOOD, history=history(
            *[(3.4 - i / 10, 0.2, 3, 0.2) for i in range(5)])), "learns very slowly"),
    ],
)  # fmt: skip
def test_the_hint_fits_the_case(diagnosis: str, seen: Symptoms, words: str) -> None:
    [found] = [each for each in diagnose(seen) if each.id == diagnosis]
    assert words in found.hint


def test_images_known_by_heart_leave_nothing_to_learn_even_while_validation_improves() -> None:
    # Without augmentation, its first five epochs.
    early = history(
        (1.651, 0.571, 1.157, 0.660), (0.231, 0.940, 0.780, 0.772), (0.078, 0.983, 0.635, 0.809),
        (0.031, 0.996, 0.588, 0.823), (0.017, 0.998, 0.507, 0.846),
    )  # fmt: skip
    assert "overfitting" in ids(replace(GOOD, history=early))


def test_learning_that_helps_on_no_other_images_is_overfitting() -> None:
    stuck = history(*[(1.2 - i / 10, 0.70 + i / 50, 1.1, 0.65) for i in range(6)])
    assert ids(replace(GOOD, history=stuck)) == {"overfitting", "confused-pairs"}
    assert "underfitting" in ids(replace(GOOD, history=(*stuck[:5], replace(stuck[4], epoch=6))))


def test_overfitting_tells_when_it_began() -> None:
    turns = history((0.9, 0.7, 0.80, 0.7), (0.1, 0.97, 0.6, 0.8), (0.01, 1.0, 0.9, 0.8))
    [found] = [each for each in diagnose(replace(GOOD, history=turns)) if each.id == "overfitting"]
    assert "lowest after epoch 2 (0.6) and has risen to 0.9" in found.message


def test_keras_is_not_said_to_have_noticed_a_second_softmax_that_may_have_worked() -> None:
    [found, *_] = diagnose(replace(GOOD, history=TWICE, from_logits=True))
    assert found.id == "softmax-and-logits"
    assert "rightly" not in found.message


def test_names_are_cut_after_a_few_dead_classes() -> None:
    many = outputs({(class_id, 20): 23 for class_id in range(5)})
    [found] = [e for e in diagnose(replace(GOOD, predictions=many)) if e.id == "dead-classes"]
    assert "2 Speed limit 50 km/h (93 training images) and 2 more." in found.message


@pytest.mark.parametrize(
    ("cause", "changes", "effect"),
    [
        ("loss-nan", {}, "underfitting"),
        ("at-chance", {"history": GUESSES, "predictions": outputs({(0, 1): 23})}, "dead-classes"),
        ("logits-as-probabilities", {"history": GUESSES}, "at-chance"),
        ("dropout-output", {"history": UNFINISHED}, "underfitting"),
        ("mirrored-classes", {"history": BY_HEART}, "overfitting"),
        ("inputs-not-rescaled", {"history": (*RAW, *UNFINISHED[2:])}, "underfitting"),
        ("model-too-large", {}, "underfitting"),
    ],
)
def test_what_follows_from_something_else_is_left_out(
    cause: str, changes: dict[str, object], effect: str
) -> None:
    seen = replace(PROVOKED[cause], **changes)  # type: ignore[arg-type]
    assert cause in ids(seen)
    assert effect not in ids(seen)
    assert effect in {found.id for rule in diagnoses._RULES for found in rule(seen)}


def test_a_cause_comes_before_what_it_may_have_caused() -> None:
    seen = replace(PROVOKED["inputs-not-rescaled"], history=GUESSES)
    assert [found.id for found in diagnose(seen)] == ["inputs-not-rescaled", "at-chance"]


def test_at_most_five_are_shown() -> None:
    everything = with_layers(
        HALF_PIXELS, CONV, GREAT_RATE, *normalised(), DENSE, DROPPED_CLASSES,
        predictions=outputs({**MIRRORED, (0, 1): 23}, certainty=0.3),
        augmented=np.zeros(1, np.float32), from_logits=True, plan=STEPS_150,
    )  # fmt: skip
    assert len(diagnose(everything)) == 5


def test_a_part_of_an_epoch_counts_for_nothing() -> None:
    cut = replace(GOOD.plan or ALL_SPENT, steps=806 + 5)
    part = Epoch(14, 811, 9.9, 0.1, 9.9, 0.1)
    assert ids(replace(GOOD, history=(*WELL, part), plan=cut)) == {"confused-pairs"}


def test_nothing_is_said_of_what_is_not_known() -> None:
    assert diagnose(Symptoms(NAMES)) == ()
    assert diagnose(replace(WITHOUT_PREDICTIONS, history=(), untrained=None)) == ()


ANY_FLOAT = st.floats() | st.floats(0, 1)
ANY_EPOCH = st.builds(
    Epoch, st.integers(1, 99), st.integers(), ANY_FLOAT, ANY_FLOAT, ANY_FLOAT, ANY_FLOAT
)
ANY_LAYER = st.builds(
    LayerFacts,
    st.sampled_from([facts.layer for facts in (*normalised(), DENSE)]),
    rate=ANY_FLOAT,
    momentum=ANY_FLOAT,
    previous=st.sampled_from(["conv2d", "dropout", "maxpooling2d", "batchnormalization"]),
    cost=ANY_FLOAT,
)


@given(st.lists(ANY_EPOCH, max_size=7), st.lists(ANY_LAYER, max_size=5), st.booleans(), ANY_FLOAT)
def test_nothing_that_a_job_reports_can_stop_it(
    epochs: list[Epoch], layers: list[LayerFacts], from_logits: bool, learning_rate: float
) -> None:
    changes = {"history": tuple(epochs), "layers": tuple(layers), "plan": ALL_SPENT}
    for predictions in (None, UNSURE, LOGITS):
        seen = replace(GOOD, **changes, predictions=predictions)  # type: ignore[arg-type]
        found = diagnose(replace(seen, from_logits=from_logits, learning_rate=learning_rate))
        assert all(each.message and each.hint for each in found)
