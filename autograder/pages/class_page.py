"""index.html of a results folder: the class at a glance, and the page to show in class.

Covers: ids, names, rules and class names are texts of others. They are escaped, freed of what
cannot be seen, shortened, and turned no way but their own; a policy inside the page forbids every
script but ours and everything from elsewhere. The anonymous page holds no id, name, link or hash.

Does not cover: what can be guessed from the numbers themselves, see pseudonyms.py.
"""

from __future__ import annotations

import base64
import hashlib
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from autograder.pages import class_charts, class_stats
from autograder.pages.class_alerts import alerts
from autograder.pages.class_rows import measured, rows, standings
from autograder.pages.class_stats import Confusion, CriterionStatistics
from autograder.pages.class_words import VERDICTS
from autograder.pages.environment import template
from autograder.pages.signs import Signs
from autograder.pages.texts import name
from autograder.reports.report import Report

_NOBODY: Mapping[str, Sequence[str]] = MappingProxyType({})
_CONFUSIONS_SHOWN = 12
_SMALL_CLASS = 40
_COLUMNS = 10  # of the small histograms beside the criteria


@dataclass(frozen=True)
class CriterionRow:
    """A criterion, with the height in percent of each column of its small histogram."""

    of: CriterionStatistics
    title: str
    columns: tuple[float, ...]


@dataclass(frozen=True)
class ConfusionRow:
    """How often one class of signs is read as another; of both, the name and the picture."""

    of: Confusion
    shown: tuple[str, Markup]
    read_as: tuple[str, Markup]


def render_class_page(
    reports: Sequence[Report],
    signs: NDArray[np.uint8] | None,
    *,
    similar: Mapping[str, Sequence[str]] = _NOBODY,
    anonymous: bool = False,
) -> str:
    """Return the page of a class as HTML that needs nothing from elsewhere.

    Args:
        reports: Of all submissions, in any order.
        signs: One picture for each class of signs, shape (classes, height, width, 3), RGB.
        similar: Submission id to the ids of submissions suspiciously alike.
        anonymous: Whether it is for the class: a leaderboard of pseudonyms, and nothing that
            tells who.
    """
    reports = sorted(reports, key=lambda report: report.submission.id)
    graded = [report for report in reports if report.score is not None]
    percents = [report.percent for report in reports if report.percent is not None]
    bins = class_stats.score_bins(reports, 10 if len(graded) < _SMALL_CLASS else 20)
    confusions = class_stats.confusions(reports)[:_CONFUSIONS_SHOWN]
    pictured = Signs(next((report.dataset.class_names for report in reports), ()), signs)
    script = template("class.js").render()
    return template("class.html").render(
        title=_title(reports),
        anonymous=anonymous,
        count=len(reports),
        graded_on=max((report.timings.graded_at for report in reports), default=None),
        tiles=_tiles(reports),
        max_score=_max_score(reports),
        verdicts=[
            (verdict.value, VERDICTS[verdict], number, 100 * number / len(reports))
            for verdict, number in class_stats.verdict_counts(reports).items()
        ],
        alerts=[] if anonymous else list(alerts(reports, similar)),
        histogram=class_charts.histogram(bins, statistics.median(percents) if percents else None),
        scatter=class_charts.scatter(measured(reports, anonymous=anonymous), _allowed_s(reports)),
        rows=[] if anonymous else rows(reports, similar),
        named=any(report.submission.name for report in reports),
        flags=[] if anonymous else list(class_stats.flag_counts(reports, similar)),
        standings=standings(reports) if anonymous else [],
        criteria=[_criterion(one) for one in class_stats.criteria_statistics(reports)],
        confusions=_confusions(confusions, pictured),
        symbols=pictured.symbols(),
        networks=sum(report.metrics.holdout is not None for report in reports),
        script=Markup(script),  # noqa: S704 - ours, without a word of anyone else's
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _title(reports: Sequence[Report]) -> str:
    return name(reports[0].assignment) if reports else "No submissions yet"


def _max_score(reports: Sequence[Report]) -> float | None:
    found = {report.max_score for report in reports}
    return found.pop() if len(found) == 1 else None


def _allowed_s(reports: Sequence[Report]) -> float | None:
    found = {report.budget.training_s.allowed for report in reports}
    return found.pop() if len(found) == 1 else None


def _tiles(reports: Sequence[Report]) -> list[tuple[str, str]]:
    """Return the numbers to see first, each with what it is."""
    scores = [report.score for report in reports if report.score is not None]
    f1s = [report.metrics.holdout.macro_f1 for report in reports if report.metrics.holdout]
    found = [(str(len(reports)), "submission" if len(reports) == 1 else "submissions")]
    if scores:
        most = _max_score(reports)
        of = "" if most is None else f" of {most:g}"
        found.append((f"{statistics.median(scores):.1f}", f"median score{of}"))
        found.append((f"{statistics.fmean(scores):.1f}", f"mean score{of}"))
        found.append((f"{max(scores):.1f}", "highest score"))
    if f1s:
        found.append((f"{max(f1s):.3f}", "highest macro-F1"))
    return found


def _criterion(found: CriterionStatistics) -> CriterionRow:
    counts = [0] * _COLUMNS
    for share in found.shares:
        counts[min(_COLUMNS - 1, int(share * _COLUMNS))] += 1
    tallest = max(counts)
    return CriterionRow(
        of=found,
        title=name(found.title),
        columns=tuple(100 * count / tallest for count in counts),
    )


def _confusions(found: Sequence[Confusion], signs: Signs) -> list[ConfusionRow]:
    def sign(class_id: int) -> tuple[str, Markup]:
        return signs.name(class_id), signs.picture(class_id)

    return [ConfusionRow(one, sign(one.class_id), sign(one.read_as)) for one in found]
