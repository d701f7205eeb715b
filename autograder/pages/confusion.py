"""Which classes are taken for which: the confusion matrix, and the pairs confused most."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from autograder.evidence import WrongAnswers
from autograder.pages.matrix import NAMED, answers_of, confusion_matrix
from autograder.pages.pictures import photo
from autograder.pages.signs import Signs
from autograder.pages.texts import count, percent
from autograder.reports.report import Report
from autograder.reports.result_parts import MetricsPart

PAIRS = 5
_IMAGES_OF_A_PAIR = 6


@dataclass(frozen=True)
class Answer:
    """An image that was read wrong, as a data URI, and how sure the network was."""

    picture: str
    confidence: str


@dataclass(frozen=True)
class Pair:
    """A class that is taken for another."""

    class_id: int
    read_as: int
    told: str
    share: float
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ClassRecall:
    """How many images of a class are recognised, in percent."""

    class_id: int
    share: float
    told: str


@dataclass(frozen=True)
class Confusions:
    """What to show of the mistakes.

    Attributes:
        split: Which images were counted.
        sealed: Whether those that decide the score are not, though there are such.
        matrix: Drawing; None where the mistakes were not kept.
        wide: Whether it takes more room than a phone has.
        pairs: Most frequent first.
        others: Wrong answers on validation images of further pairs.
        recall: Of each class, least first.
    """

    split: str
    sealed: bool
    matrix: Markup | None
    wide: bool
    pairs: tuple[Pair, ...]
    others: tuple[Pair, ...]
    recall: tuple[ClassRecall, ...]


def confusions(report: Report, wrong: WrongAnswers | None, signs: Signs) -> Confusions | None:
    """Return what is known of the mistakes; None if nothing was predicted."""
    metrics = report.metrics.holdout or report.metrics.validation
    if report.predicted_by_own_code:
        metrics = report.metrics.validation
    if metrics is None:
        return None
    answers = _answers(wrong)
    pairs = tuple(
        _pair((one.class_id, one.read_as), one.count, metrics, answers)
        for one in metrics.mistakes[:PAIRS]
    )
    told = {(pair.class_id, pair.read_as) for pair in pairs}
    others = [
        Pair(*key, "", 0.0, tuple(found)) for key, found in answers.items() if key not in told
    ]
    return Confusions(
        split="holdout" if metrics is report.metrics.holdout else "validation",
        sealed=report.predicted_by_own_code,
        matrix=confusion_matrix(metrics, signs) if metrics.class_counts else None,
        wide=len(metrics.recall) > NAMED,
        pairs=pairs,
        others=tuple(others[:PAIRS]),
        recall=_recall(metrics),
    )


def _answers(wrong: WrongAnswers | None) -> dict[tuple[int, int], list[Answer]]:
    found: dict[tuple[int, int], list[Answer]] = {}
    if wrong is None:
        return found
    for image, shown, read, confidence in zip(
        wrong.images, wrong.class_ids, wrong.read_as, wrong.confidence, strict=True
    ):
        answers = found.setdefault((int(shown), int(read)), [])
        if len(answers) < _IMAGES_OF_A_PAIR:
            answers.append(Answer(photo(image), percent(float(confidence))))
    return found


def _pair(
    key: tuple[int, int],
    mistakes: int,
    metrics: MetricsPart,
    answers: dict[tuple[int, int], list[Answer]],
) -> Pair:
    images = answers_of(metrics, key[0])
    told = f"{mistakes:,} of {count(images, 'image')}" if images else count(mistakes, "image")
    if metrics.runs > 1:
        told += f", over {metrics.runs} runs"
    share = 100 * mistakes / images if images else 0.0
    return Pair(*key, told, min(share, 100.0), tuple(answers.get(key, ())))


def _recall(metrics: MetricsPart) -> tuple[ClassRecall, ...]:
    intervals = metrics.intervals.recall if metrics.intervals else ()
    told = [
        f"{100 * share:.0f} %"
        + (
            f" ({100 * intervals[number].low:.0f} to {100 * intervals[number].high:.0f} %)"
            if number < len(intervals)
            else ""
        )
        for number, share in enumerate(metrics.recall)
    ]
    found = [
        ClassRecall(number, 100 * share, told[number])
        for number, share in enumerate(metrics.recall)
    ]
    return tuple(sorted(found, key=lambda one: (one.share, one.class_id)))
