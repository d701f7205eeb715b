"""Which classes are taken for which: the confusion matrix, and the pairs confused most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup, escape

from autograder.evidence import WrongAnswers
from autograder.pages.pictures import photo
from autograder.pages.signs import Signs
from autograder.pages.texts import count, percent
from autograder.reports.report import Report
from autograder.reports.result_parts import MetricsPart

PAIRS = 5
_IMAGES_OF_A_PAIR = 6
_MOST_CELLS = 3000
_NAMED = 16  # up to so many classes, names stand at the rows and counts in the cells
_CELL = 20
_NAMES_WIDTH = 170
_COMMON_SHARE = 0.5


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
        matrix: Drawing; None where the mistakes were not kept.
        pairs: Most frequent first.
        others: Wrong answers on validation images of further pairs.
        recall: Of each class, least first.
    """

    split: str
    matrix: Markup | None
    wide: bool
    pairs: tuple[Pair, ...]
    others: tuple[Pair, ...]
    recall: tuple[ClassRecall, ...]


def confusions(report: Report, wrong: WrongAnswers | None, signs: Signs) -> Confusions | None:
    """Return what is known of the mistakes; None if nothing was predicted."""
    metrics = report.metrics.holdout or report.metrics.validation
    if metrics is None:
        return None
    answers = _answers(wrong)
    pairs = tuple(
        _pair((one.class_id, one.read_as), one.count, metrics, answers)
        for one in metrics.mistakes[:PAIRS]
    )
    told = {(pair.class_id, pair.read_as) for pair in pairs}
    others = [Pair(*key, "", 0.0, tuple(found)) for key, found in answers.items() if key not in told]
    return Confusions(
        split="holdout" if report.metrics.holdout else "validation",
        matrix=_matrix(metrics, signs) if metrics.class_counts else None,
        wide=len(metrics.recall) > _NAMED,
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
    images = _images(metrics, key[0])
    told = f"{mistakes:,} of {count(images, 'image')}" if images else count(mistakes, "image")
    if metrics.runs > 1:
        told += f", over {metrics.runs} runs"
    share = 100 * mistakes / images if images else 0.0
    return Pair(*key, told, min(share, 100.0), tuple(answers.get(key, ())))


def _images(metrics: MetricsPart, class_id: int) -> int:
    """Return how many answers there are for a class: each run gives one for each image."""
    known = 0 <= class_id < len(metrics.class_counts)
    return metrics.class_counts[class_id] * max(1, metrics.runs) if known else 0


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
        ClassRecall(number, 100 * share, told[number]) for number, share in enumerate(metrics.recall)
    ]
    return tuple(sorted(found, key=lambda one: (one.share, one.class_id)))


def _matrix(metrics: MetricsPart, signs: Signs) -> Markup:
    classes = len(metrics.class_counts)
    named = classes <= _NAMED
    left = _NAMES_WIDTH if named else 2 * _CELL
    top = 2 * _CELL
    side = classes * _CELL
    parts = [
        f'<svg class="matrix" viewBox="0 0 {left + side + 1} {top + side + 1}" '
        f'style="--cells: {classes}" role="img" aria-label="{escape(_told(metrics, signs))}">',
        f'<text class="axis" x="{left + side / 2}" y="11" text-anchor="middle">read as</text>',
        f'<text class="axis" transform="translate(11 {top + side / 2}) rotate(-90)" '
        'text-anchor="middle">shown</text>',
        _grid(classes, left, top),
    ]
    for number in range(classes):
        parts += _axis(number, left, top, signs, named=named)
    parts += _cells(metrics, signs, left, top, counted=named)
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped


def _grid(classes: int, left: int, top: int) -> str:
    side = classes * _CELL
    lines = "".join(
        f"M{left} {top + at}h{side}M{left + at} {top}v{side}"
        for at in range(0, side + 1, _CELL if classes <= 50 else 5 * _CELL)
    )
    return f'<path class="grid" d="{lines}"/>'


def _axis(number: int, left: int, top: int, signs: Signs, *, named: bool) -> list[str]:
    at = number * _CELL
    inner = f'width="{_CELL - 2}" height="{_CELL - 2}"'
    parts = []
    for x, y in ((left - _CELL, top + at + 1), (left + at + 1, top - _CELL)):
        picture = signs.picture(number, f'x="{x}" y="{y}" {inner}')
        parts.append(
            picture
            or f'<text x="{x + _CELL / 2 - 1}" y="{y + 13}" text-anchor="middle">{number}</text>'
        )
    if named:
        parts.append(
            f'<text x="{left - _CELL - 5}" y="{top + at + 14}" text-anchor="end">'
            f"{escape(signs.label(number, 20))}</text>"
        )
    return parts


def _cells(metrics: MetricsPart, signs: Signs, left: int, top: int, *, counted: bool) -> list[str]:
    wrong: Counter[int] = Counter()
    for one in metrics.mistakes:
        wrong[one.class_id] += one.count
    right = [
        (number, number, _images(metrics, number) - wrong[number])
        for number in range(len(metrics.class_counts))
    ]
    mistakes = [(one.class_id, one.read_as, one.count) for one in metrics.mistakes[:_MOST_CELLS]]
    return [
        _cell(cell, _images(metrics, cell[0]), signs, left, top, counted=counted)
        for cell in (*right, *mistakes)
        if cell[2] > 0 and _images(metrics, cell[0])
    ]


def _cell(
    cell: tuple[int, int, int], images: int, signs: Signs, left: int, top: int, *, counted: bool
) -> str:
    shown, read, found = cell
    x, y = left + read * _CELL, top + shown * _CELL
    share = min(1.0, found / images)
    kind = "right" if shown == read else "wrong"
    # The root brings out what is rare; even a single mistake has to be seen.
    opacity = share if shown == read else 0.2 + 0.8 * share**0.5
    drawn = (
        f'<rect class="{kind}" x="{x + 0.5}" y="{y + 0.5}" width="{_CELL - 1}" height="{_CELL - 1}" '
        f'fill-opacity="{opacity:.2f}"><title>{escape(_cell_told(cell, images, signs))}</title>'
        "</rect>"
    )
    if counted:
        drawn += (
            f'<text class="count" x="{x + _CELL / 2}" y="{y + 13.5}" text-anchor="middle">'
            f"{found}</text>"
        )
    return drawn


def _cell_told(cell: tuple[int, int, int], images: int, signs: Signs) -> str:
    shown, read, found = cell
    name = signs.label(shown, 40)
    if shown == read:
        return f"{name}: {found} of {images} read rightly"
    return f"{name} read as {signs.label(read, 40)}: {found} of {images}"


def _told(metrics: MetricsPart, signs: Signs) -> str:
    images = sum(metrics.class_counts) * max(1, metrics.runs)
    wrong = sum(one.count for one in metrics.mistakes)
    said = (
        f"Confusion matrix of {len(metrics.class_counts)} classes: {images - wrong:,} of "
        f"{images:,} answers are right and lie on the diagonal."
    )
    if not metrics.mistakes:
        return said
    first = metrics.mistakes[0]
    return (
        f"{said} The most frequent mistake: {signs.label(first.class_id, 40)} read as "
        f"{signs.label(first.read_as, 40)}, {count(first.count, 'time')}."
    )
