"""What the layers tell: dropout where it harms, and where the budget goes."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.diagnoses.symptoms import LayerFacts, Symptoms
from autograder.models import Diagnosis

_DROPOUTS = {"Dropout", "SpatialDropout2D", "GaussianDropout"}
_HIGH_RATE = 0.6
_HIGH_INPUT_RATE = 0.2  # what Hinton et al. use on inputs, arXiv:1207.0580 (2012)
_NOTABLE_RATE = 0.1
# Moving averages know the data to 5 % after so many times 1 / (1 - momentum) steps.
_TIME_CONSTANTS = 3
# With these two mistakes, trainings came to 0.21 and more; without them to 0.08 at most.
_UNDERCONFIDENT = 0.15
_FEW_EPOCHS = 8
_TOO_FEW_TO_SHARE = 3
_MOST_OF_THE_COST = 0.6


def dropout(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find dropout at the ends of the network, and rates beyond use."""
    learning = [index for index, facts in enumerate(seen.layers) if _has_kernel(facts)]
    if not learning:
        return
    found: dict[str, Diagnosis] = {}
    for index, facts in enumerate(seen.layers):
        rate, shape = facts.rate or 0.0, facts.layer.output_shape
        if facts.layer.kind not in _DROPOUTS or not 0 < rate < 1:
            continue
        if index > learning[-1] and shape == (len(seen.class_names),):
            one = _dropout_after_output(facts, rate)
        elif index < learning[0] and _is_image(shape) and rate > _HIGH_INPUT_RATE:
            one = _dropout_of_pixels(facts, rate)
        elif rate > _HIGH_RATE:
            one = _dropout_rate(facts, rate)
        else:
            continue
        found.setdefault(one.id, one)
    yield from found.values()


def _has_kernel(facts: LayerFacts) -> bool:
    return any(len(shape) > 1 for shape in facts.layer.weight_shapes)


def _is_image(shape: tuple[int | None, ...] | None) -> bool:
    return shape is not None and len(shape) == 3 and shape[-1] in {1, 3}


def _dropout_after_output(facts: LayerFacts, rate: float) -> Diagnosis:
    return Diagnosis(
        "dropout-output",
        "mistake",
        f"{facts.layer.name} comes after the last layer that learns: in training it sets the "
        f"outputs of {rate:.0%} of the classes to zero, often that of the right one.",
        "Put the dropout before the last Dense layer.",
    )


def _dropout_of_pixels(facts: LayerFacts, rate: float) -> Diagnosis:
    return Diagnosis(
        "dropout-input",
        "mistake",
        f"{facts.layer.name} comes before the first convolution and wipes out {rate:.0%} of the "
        "pixel values: much of a sign is gone before the network sees it.",
        "Put the dropout before the last Dense layer; to vary the images there is "
        "build_augmentation().",
    )


def _dropout_rate(facts: LayerFacts, rate: float) -> Diagnosis:
    return Diagnosis(
        "dropout-rate",
        "mistake",
        f"{facts.layer.name} drops {rate:.0%} of its inputs and keeps {1 - rate:.0%}. (In Keras "
        "the rate is the share that is dropped.)",
        f"Start at 0.3. If {1 - rate:.2g} is what you meant to drop, write that.",
    )


def dropout_before_normalisation(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find dropout whose noise a batch normalisation took for part of the data.

    Wide ResNets have dropout in that place and come to no harm, so there has to be a sign of it.
    Source: Li et al., "Understanding the disharmony between dropout and batch normalization by
    variance shift", arXiv:1801.05134 (2018). A network that showed it lost 7 points of accuracy.
    """
    if seen.underconfidence < _UNDERCONFIDENT:
        return
    by_name = {facts.layer.name: facts for facts in seen.layers}
    for facts in seen.layers:
        dropped = _dropout_straight_before(facts, by_name)
        if facts.layer.kind == "BatchNormalization" and dropped:
            yield Diagnosis(
                "dropout-normalisation",
                "mistake",
                f"{dropped.layer.name} lies straight before {facts.layer.name}. In training, "
                "dropout makes its inputs vary more, and it scales by that when nothing is "
                f"dropped any more. {_unsure(seen)}",
                "Put dropout after all batch normalisation, best before the last Dense layer.",
            )
            return


def _unsure(seen: Symptoms) -> str:
    return (
        f"A sign of it: on validation images your network is right {seen.measured_accuracy:.0%} of "
        f"the time, and only {seen.certainty:.0%} sure."
    )


def _dropout_straight_before(
    facts: LayerFacts, by_name: dict[str, LayerFacts]
) -> LayerFacts | None:
    for _ in by_name:  # no more steps than layers: forged names may go round in a circle
        before = by_name.get(facts.previous or "")
        if before is None or before.layer.weight_shapes:
            return None
        if before.layer.kind in _DROPOUTS and (before.rate or 0.0) >= _NOTABLE_RATE:
            return before
        facts = before
    return None


def normalisation_behind(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find moving averages that had too few steps to forget where they started."""
    momenta = [facts.momentum for facts in seen.layers if facts.momentum is not None]
    if seen.plan is None or not momenta or seen.underconfidence < _UNDERCONFIDENT:
        return
    steps, momentum = seen.plan.steps, max(momenta)
    if steps * (1 - momentum) < _TIME_CONSTANTS:
        yield Diagnosis(
            "normalisation-behind",
            "mistake",
            f"Training made {steps} steps. That is too few for the moving averages of your batch "
            f"normalisation (momentum {momentum:.3g}), which take over outside of training. "
            f"{_unsure(seen)}",
            "Give BatchNormalization momentum=0.9, or use smaller batches, which makes more "
            "steps of the same images.",
        )


def model_too_large(seen: Symptoms) -> Iterator[Diagnosis]:
    """Tell a network that learns from one that the budget lets learn; needs costs of layers."""
    plan, cost = seen.plan, sum(facts.cost or 0 for facts in seen.layers)
    if plan is None or cost <= 0 or not seen.budget_is_spent or not seen.is_unfinished:
        return
    epochs = plan.budget_steps / plan.steps_per_epoch
    if epochs < _FEW_EPOCHS:
        yield Diagnosis(
            "model-too-large",
            "advice",
            f"The layers of your network cost {cost:.3g} reference milliseconds a step, so the "
            f"budget pays for {epochs:.1f} epochs only. The loss was still falling: "
            f"{seen.accuracies}.",
            "Halve the number of filters, or pool earlier: each about halves the cost or better, "
            "and buys that many more epochs.",
        )


def one_layer(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find the layer that the budget goes into, where the budget is what ended training."""
    costly = [facts for facts in seen.layers if (facts.cost or 0) > 0]
    if len(costly) < _TOO_FEW_TO_SHARE or not seen.budget_is_spent or not seen.is_unfinished:
        return
    largest = max(costly, key=lambda facts: facts.cost or 0)
    share = (largest.cost or 0) / sum(facts.cost or 0 for facts in costly)
    if share > _MOST_OF_THE_COST:
        yield Diagnosis(
            "one-layer",
            "advice",
            f"{share:.0%} of the computing goes into one layer, {largest.layer.name}, and the "
            f"budget was used up while the network was still learning: {seen.accuracies}.",
            "Pool before that layer, or give it fewer filters, and spend the gain on the others or "
            "on more epochs.",
        )
