"""What diagnoses go by: costs by layer, and predictions only if they are some."""

from __future__ import annotations

import numpy as np

from autograder.assignment import Labels
from autograder.diagnoses import LayerFacts
from autograder.leftovers import Trained
from autograder.model_rules import Description
from autograder.models import Cost, Layer, LayerCost, TrainingPlan, Verdict
from autograder.outcome import Outcome
from autograder.replay import KeptModel
from autograder.symptoms import symptoms_of

NAMES = ("a", "b")
FACTS = tuple(
    LayerFacts(Layer(name, "Conv2D", True, (4, 4, 2), (), ())) for name in ("first", "second")
)
COST = Cost(
    (LayerCost("model", "first", 1.0, 2.0, 7.5), LayerCost("loss", "second", 0.0, 0.0, 3.0)),
    0.1, 8, (),
)  # fmt: skip
PLAN = TrainingPlan(1, 8, 5, 5, 5, 1.0, 1.0, 0.1)
LABELS = Labels(
    train_counts=(3, 4),
    validation=np.array([0, 1, 0], np.int32),
    holdout=None,
    scored_tracks=np.arange(3, dtype=np.int32),
)


def symptoms(validation: bytes, untrained: bytes = b"", cost: Cost | None = COST):  # type: ignore[no-untyped-def]
    description = Description((), (2,), (4, 4, 3), {}, untrained, None, FACTS)
    trained = Trained((), validation, KeptModel(b"", None, ""))
    outcome = Outcome(Verdict.GRADED, plan=PLAN, cost=cost)
    return symptoms_of(description, trained, outcome, LABELS, NAMES)


GOOD = np.array([[1, 0], [0, 1], [1, 0]], "<f4").tobytes()


def test_a_layer_has_the_price_of_its_own_row() -> None:
    assert [facts.cost for facts in symptoms(GOOD).layers] == [7.5, None]
    assert [facts.cost for facts in symptoms(GOOD, cost=None).layers] == [None, None]


def test_predictions_that_are_none_are_left_out() -> None:
    assert symptoms(GOOD).predictions.tolist() == [[1, 0], [0, 1], [1, 0]]
    assert symptoms(GOOD[:-4]).predictions is None
    assert symptoms(np.full(6, np.nan, "<f4").tobytes()).predictions is None


def test_predictions_before_training_are_of_as_many_images_as_were_tried() -> None:
    assert symptoms(GOOD, untrained=GOOD[:16]).untrained.shape == (2, 2)
    assert symptoms(GOOD, untrained=b"").untrained is None
    assert symptoms(GOOD, untrained=GOOD[:5]).untrained is None
