"""What pages are made of, for tests: complete reports, hostile ones, whole classes."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
from pydantic import ValidationError

from autograder.evidence import Evidence, FeatureMaps, Look, WrongAnswers
from autograder.measures import Corrupted, Metrics, Mistakes, Robustness
from autograder.models import Cost, Diagnosis, Epoch, Layer, LayerCost, Verdict
from autograder.outcome import Interval, Outcome
from autograder.reports.report import Report
from autograder.reports.training_parts import (
    AugmentationPart,
    BorderPart,
    ConfusionPart,
    OperationPart,
)
from autograder.roadsigns.classes import CLASSES
from tests import sample_reports
from tests.browser.visits import Visit

MANY = len(CLASSES)
RANDOM = np.random.default_rng(0)
SIGNS = RANDOM.integers(0, 256, (MANY, 48, 48, 3), np.uint8)
LAYERS = tuple(
    Layer(f"{kind.lower()}_{number}", kind, kind == "Conv2D", shape, weights, weights)
    for number in range(4)
    for kind, shape, weights in (
        ("Conv2D", (32 >> number, 32 >> number, 32 << number), ((3, 3, 16, 32 << number),)),
        ("BatchNormalization", (32 >> number, 32 >> number, 32 << number), ((32 << number,),)),
        ("MaxPooling2D", (16 >> number, 16 >> number, 32 << number), ()),
    )
)
CORRUPTIONS = ("fog", "rain", "glare", "night", "motion blur")
MISTAKES = tuple(Mistakes(one, (one * 7 + 3) % MANY, 40 - one) for one in range(30))
METRICS = Metrics(
    macro_f1=0.8,
    accuracy=0.82,
    recall=tuple(0.6 + 0.4 * one / MANY for one in range(MANY)),
    count=MANY * 20,
    robustness=Robustness(
        0.7,
        0.81,
        200,
        tuple(
            Corrupted(name, severity, 0.9 - 0.1 * severity, 0.9 - 0.1 * severity)
            for name in CORRUPTIONS
            for severity in range(1, 6)
        ),
    ),
    class_counts=(20,) * MANY,
    mistakes=MISTAKES,
)
FULL = replace(
    sample_reports.GRADED,
    holdout=METRICS,
    validation=METRICS,
    layers=LAYERS,
    parameters=123_456,
    history=tuple(
        Epoch(one, one * 10, 3 / one, 1 - 0.9 / one, 2 / one + 0.3, 1 - 0.8 / one)
        for one in range(1, 25)
    ),
    diagnoses=(
        Diagnosis("overfitting", "mistake", "It learned the images by heart.", "Use `Dropout`."),
        Diagnosis("short", "advice", "Loss was still falling.", "Train for longer."),
        Diagnosis("even", "information", "All classes are read alike.", ""),
    ),
    cost=Cost(tuple(LayerCost("model", one.name, 2e6, 4e6, 0.3) for one in LAYERS), 0.1, 32, ()),
    priced_by="grader",
    runs=sample_reports.RUNS,
    uncertainty=replace(sample_reports.UNCERTAINTY, recall=(Interval(0.5, 0.9),) * MANY),
)

AUGMENTATION = AugmentationPart(
    operations=(
        OperationPart(operation="turn", share=0.9, low=-14.2, high=14.9, unit="degrees"),
        OperationPart(operation="mirror left-right", share=0.5, low=0, high=0, unit=""),
        OperationPart(operation="brightness", share=0.8, low=-30, high=30, unit="levels"),
    ),
    border=BorderPart(fill="constant", colour=(0, 0, 0), seen_in=40),
    stochastic=True,
    train_only=False,
    seeded=True,
    in_range=False,
    values=(-20, 275.5),
    label_safe=False,
    confusions=(
        ConfusionPart(
            operation="mirror left-right", amount_deg=0, class_id=38, becomes=39, alike=0.97
        ),
        ConfusionPart(operation="turn", amount_deg=14, class_id=1, becomes=2, alike=0.8),
    ),
    pictures=64,
    recognised=60,
)


def report(outcome: Outcome = FULL, **changes: Any) -> Report:
    """Return a report that has every part there is."""
    names = tuple(sign.name for sign in CLASSES)
    built = sample_reports.report(outcome, class_names=names)
    known = {"augmentation": AUGMENTATION} if outcome is FULL else {}
    return built.model_copy(update=known | changes)


def evidence(layer: str = "conv2d_0") -> Evidence:
    """Return everything that can be looked at, as large as a grading makes it."""
    size, shown = 32, 20
    images = RANDOM.integers(0, 256, (shown, size, size, 3), np.uint8)
    scores = RANDOM.dirichlet(np.full(MANY, 0.2)).astype(np.float32)
    wrong = WrongAnswers(
        images,
        np.array([mistake.class_id for mistake in MISTAKES[:shown]], np.int32),
        np.array([mistake.read_as for mistake in MISTAKES[:shown]], np.int32),
        np.linspace(0.3, 1, shown, dtype=np.float32),
    )
    maps = tuple(
        FeatureMaps(f"{layer}{one}", "Conv2D", (side, side, 32), _floats(16, side, side))
        for one, side in enumerate((32, 16, 8))
    )
    looks = [Look(images[one], one, scores, maps, _floats(8, 8)) for one in (0, 1)]
    return Evidence(wrong, images[0], images, *looks)


def _floats(*shape: int) -> Any:
    return RANDOM.standard_normal(shape).astype(np.float32)


def members(number: int, report_of_one: Report | None = None) -> list[Report]:
    """Return the reports of a class: all sorts of scores, verdicts, times and flags."""
    one = report_of_one or report()
    reports = []
    for member in range(number):
        points = float(20 + 60 * member // max(1, number))
        identity = {
            "id": f"student-{member:04}",
            "student_id": f"s{member:04}",
            "name": f"{('Ada', 'Grace', 'Emmy', 'Sofia')[member % 4]} Number {member}",
        }
        submission = one.submission.model_copy(update=identity)
        changes: dict[str, Any] = {"submission": submission, "score": points + 10}
        criteria = [part.model_copy() for part in one.criteria]
        criteria[0] = criteria[0].model_copy(update={"points": points, "value": 0.4 + points / 180})
        changes |= {"criteria": tuple(criteria), "grade": points + 10, "percent": points + 10}
        reports.append(one.model_copy(update=changes | _odd(member)))
    return reports


def _odd(member: int) -> dict[str, Any]:
    if member % 13 == 5:
        zero = {"score": 0.0, "grade": 0.0, "percent": 0.0, "criteria": ()}
        rejected = report(sample_reports.REJECTED)
        return zero | {"verdict": Verdict.REJECTED, "findings": rejected.findings}
    if member % 29 == 7:
        nothing = dict.fromkeys(("score", "grade", "percent"))
        return nothing | {"verdict": Verdict.INTERNAL_ERROR, "criteria": ()}
    return {"flags": (("late",), ("borderline", "degraded-isolation"), (), ())[member % 4]}


RAN = "window.ran = true; console.error(`ran`); alert(`ran`)"
HOSTILE = (
    f"<script>{RAN}</script>",
    f'"><img src=x onerror="{RAN}">',
    f'\' onmouseover="{RAN}" onfocus="{RAN}" autofocus x=1',
    f"</script><script>{RAN}</script><!--<script>",
    f'</style><style>* {{ display: none }}</style><svg onload="{RAN}">',
    f"javascript:{RAN}",
    f"-->]]></title></textarea></pre><iframe srcdoc='<script>parent.{RAN}</script>'></iframe>",
    "{{ 7 * 191 }}{% for one in range(9) %}1337{% endfor %}${7*191}#{7*191}",
    "\u202e\u2066gnp.exe\u2069 \u200f\u05d0\u05d1\u05d2 \u0627\u0628\u062a\u200b\x1b[31m\x00\x07",
    f"[a](javascript:alert`1`) `</code>{RAN}` <!-- | --> **bold** &lt;b&gt; &#60; \u2028 \\u003c",
    "Wide" * 2500,
    "\N{FIRE}" * 90 + "Z" + "\u0300" * 300 + "\N{IDEOGRAPHIC SPACE}" * 20 + "end",
)


def provoke(visit: Visit) -> None:
    """Do with a page what may set off what is hidden in it: open, point at, press, everything."""
    page = visit.look()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.evaluate(
        """document.querySelectorAll("*").forEach((one) => {
            for (const kind of ["mouseover", "focus", "toggle", "error", "load", "animationend"])
                one.dispatchEvent(new Event(kind, { bubbles: true }));
            const leaves = one.closest("a[href]:not([href^='#']):not([href^='javascript:'])");
            if (one.click && !leaves) one.click();
        })"""
    )
    page.wait_for_timeout(50)


def ran(visit: Visit) -> bool:
    """Whether a hostile text became a program."""
    return bool(visit.page.evaluate("Boolean(window.ran)"))


def hostile(honest: Report, first: int = 0) -> Report:
    """Return the same with something hostile wherever the format of reports takes any text.

    Args:
        honest: To start from.
        first: Which hostile text is the first.
    """
    payloads = count(first)
    content = _replaced(honest.model_dump(mode="json"), payloads)
    while True:
        try:
            return Report.model_validate(content)
        except ValidationError as refused:
            for error in refused.errors():
                _put_back(content, honest.model_dump(mode="json"), error["loc"])


def _replaced(value: Any, payloads: count[int]) -> Any:
    if isinstance(value, str):
        number = next(payloads)
        # The mark keeps what must be distinct distinct.
        return f"{HOSTILE[number % len(HOSTILE)]} <{number}>"
    if isinstance(value, dict):
        return {key: _replaced(part, payloads) for key, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, payloads) for part in value]
    return value


def _put_back(content: Any, honest: Any, place: tuple[Any, ...]) -> None:
    """Restore a value that the format refuses: a digest, a time, one of few words."""
    holder, trusted, last = content, honest, place[0]
    for step in place:
        if not isinstance(content, dict | list):  # then it names an alternative of a union
            break
        holder, trusted, last = content, honest, step
        content, honest = content[step], honest[step]
    holder[last] = trusted[last]
