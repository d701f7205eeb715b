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
_LARGE = 60  # classes; from here on, every tenth has a number and a line, none has a picture
_FULL_WIDTH = 45  # classes, at which a unit of the drawing is about a pixel


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
    def unit(self) -> float:
        """About a pixel, for what has to be read."""
        return max(1.0, self.classes / _FULL_WIDTH)

    @property
    def step(self) -> int:
        return 1 if self.classes < _LARGE else 10

    @property
    def left(self) -> float:
        return _NAMES_WIDTH if self.named else round(2 * _CELL * self.unit, 1)

    @property
    def top(self) -> float:
        return round(2 * _CELL * self.unit, 1)

    def parts(self) -> Iterator[str]:
        side = self.classes * _CELL
        yield f'<svg class="matrix" viewBox="0 0 {self.left + side + 1} {self.top + side + 1}"'
        yield f' style="--cells: {self.classes}; font-size: {10 * self.unit:.1f}px"'
        yield f' role="img" aria-label="{escape(self._told())}">'
        yield f'<text x="{self.left + side / 2}" y="{11 * self.unit:.1f}" text-anchor="middle">'
        yield 'read as</text><text text-anchor="middle" transform="'
        yield f'translate({11 * self.unit:.1f} {self.top + side / 2}) rotate(-90)">shown</text>'
        yield self._grid(side)
        for number in range(0, self.classes, self.step):
            yield from self._names(number)
        for class_id, right in enumerate(self._right()):
            yield self._cell(MistakesPart(class_id=class_id, read_as=class_id, count=right))
        yield from map(self._cell, self.metrics.mistakes[:_MOST_CELLS])
        yield "</svg>"

    def _grid(self, side: int) -> str:
        lines = "".join(
            f"M{self.left} {self.top + at}h{side}M{self.left + at} {self.top}v{side}"
            for at in range(0, side + 1, self.step * _CELL)
        )
        return f'<path class="grid" d="{lines}"/>'

    def _names(self, number: int) -> Iterator[str]:
        row, column = self.top + number * _CELL, self.left + number * _CELL
        if self.step == 1 and self.signs.has_picture(number):
            size = f'width="{_CELL - 2}" height="{_CELL - 2}"'
            yield self.signs.picture(number, f'x="{self.left - _CELL}" y="{row + 1}" {size}')
            yield self.signs.picture(number, f'x="{column + 1}" y="{self.top - _CELL}" {size}')
        else:
            margin, middle = 5 * self.unit, _CELL / 2
            yield f'<text x="{self.left - margin:.1f}" y="{row + middle + 3.5 * self.unit:.1f}" '
            yield f'text-anchor="end">{number}</text>'
            yield f'<text x="{column + middle}" y="{self.top - margin:.1f}" text-anchor="middle">'
            yield f"{number}</text>"
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
