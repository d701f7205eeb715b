"""The confusion matrix as SVG, with the classes' pictures on its axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from autograder.pages.signs import Signs
from autograder.pages.texts import count
from autograder.reports.result_parts import MetricsPart, MistakesPart

NAMED = 16
"""Up to so many classes, names stand at the rows and counts in the cells."""
_MOST_CELLS = 3000
_CELL = 20
_NAMES_WIDTH = 170
_FINE_GRID = 50  # classes; with more, there is a line after every fifth


def answers_of(metrics: MetricsPart, class_id: int) -> int:
    """Return how many answers there are for a class: each run gives one for each image."""
    known = 0 <= class_id < len(metrics.class_counts)
    return metrics.class_counts[class_id] * max(1, metrics.runs) if known else 0


def confusion_matrix(metrics: MetricsPart, signs: Signs) -> Markup:
    """Return an SVG element: rows are what is shown, columns what it is read as."""
    drawing = _Drawing(metrics, signs, named=len(metrics.class_counts) <= NAMED)
    return Markup("".join(drawing.parts()))  # noqa: S704 - every text in it is escaped


@dataclass(frozen=True)
class _Drawing:
    metrics: MetricsPart
    signs: Signs
    named: bool

    @property
    def classes(self) -> int:
        return len(self.metrics.class_counts)

    @property
    def left(self) -> int:
        return _NAMES_WIDTH if self.named else 2 * _CELL

    @property
    def top(self) -> int:
        return 2 * _CELL

    def parts(self) -> Iterator[str]:
        side = self.classes * _CELL
        yield f'<svg class="matrix" viewBox="0 0 {self.left + side + 1} {self.top + side + 1}"'
        yield f' style="--cells: {self.classes}" role="img" aria-label="{escape(self._told())}">'
        yield f'<text class="axis" x="{self.left + side / 2}" y="11" text-anchor="middle">'
        yield 'read as</text><text class="axis" text-anchor="middle" '
        yield f'transform="translate(11 {self.top + side / 2}) rotate(-90)">shown</text>'
        yield self._grid(side)
        for number in range(self.classes):
            yield from self._names(number)
        for class_id, right in enumerate(self._right()):
            yield self._cell(MistakesPart(class_id=class_id, read_as=class_id, count=right))
        yield from map(self._cell, self.metrics.mistakes[:_MOST_CELLS])
        yield "</svg>"

    def _grid(self, side: int) -> str:
        step = _CELL if self.classes <= _FINE_GRID else 5 * _CELL
        lines = "".join(
            f"M{self.left} {self.top + at}h{side}M{self.left + at} {self.top}v{side}"
            for at in range(0, side + 1, step)
        )
        return f'<path class="grid" d="{lines}"/>'

    def _names(self, number: int) -> Iterator[str]:
        row, column = self.top + number * _CELL, self.left + number * _CELL
        size = f'width="{_CELL - 2}" height="{_CELL - 2}"'
        for x, y in ((self.left - _CELL, row + 1), (column + 1, self.top - _CELL)):
            middle = x + _CELL / 2 - 1
            yield self.signs.picture(number, f'x="{x}" y="{y}" {size}') or (
                f'<text x="{middle}" y="{y + 13}" text-anchor="middle">{number}</text>'
            )
        if self.named:
            yield f'<text x="{self.left - _CELL - 5}" y="{row + 14}" text-anchor="end">'
            yield f"{escape(self.signs.label(number, 20))}</text>"

    def _right(self) -> list[int]:
        wrong: Counter[int] = Counter()
        for one in self.metrics.mistakes:
            wrong[one.class_id] += one.count
        return [
            answers_of(self.metrics, number) - wrong[number]
            for number in range(len(self.metrics.class_counts))
        ]

    def _cell(self, one: MistakesPart) -> str:
        answers = answers_of(self.metrics, one.class_id)
        if one.count <= 0 or answers <= 0 or not 0 <= one.read_as < self.classes:
            return ""
        x, y = self.left + one.read_as * _CELL, self.top + one.class_id * _CELL
        share, right = min(1.0, one.count / answers), one.class_id == one.read_as
        # The root brings out what is rare: even a single mistake has to be seen.
        opacity = share if right else 0.2 + 0.8 * share**0.5
        drawn = (
            f'<rect class="{"right" if right else "wrong"}" x="{x + 0.5}" y="{y + 0.5}" '
            f'width="{_CELL - 1}" height="{_CELL - 1}" fill-opacity="{opacity:.2f}">'
            f"<title>{escape(self._cell_told(one, answers))}</title></rect>"
        )
        if self.named:
            drawn += f'<text class="count" x="{x + _CELL / 2}" y="{y + 13.5}" '
            drawn += f'text-anchor="middle">{one.count}</text>'
        return drawn

    def _cell_told(self, one: MistakesPart, answers: int) -> str:
        name = self.signs.label(one.class_id, 40)
        if one.class_id == one.read_as:
            return f"{name}: {one.count} of {answers} read rightly"
        return f"{name} read as {self.signs.label(one.read_as, 40)}: {one.count} of {answers}"

    def _told(self) -> str:
        answers = sum(answers_of(self.metrics, number) for number in range(self.classes))
        wrong = sum(one.count for one in self.metrics.mistakes)
        said = (
            f"Confusion matrix of {self.classes} classes: {answers - wrong:,} of {answers:,} "
            "answers are right and lie on the diagonal."
        )
        if not self.metrics.mistakes:
            return said
        first = self.metrics.mistakes[0]
        shown, read = (self.signs.label(it, 40) for it in (first.class_id, first.read_as))
        times = count(first.count, "time")
        return f"{said} The most frequent mistake: {shown} read as {read}, {times}."
