"""The student's report as a page: one self-contained HTML file, made from what was stored.

Texts of submissions come in through `autograder.pages.texts` and are escaped by the template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from autograder.augmentation_words import (
    describe_border,
    describe_change,
    describe_habits,
    describe_often,
    describe_range,
    explain,
    mutual,
)
from autograder.evidence import Evidence
from autograder.models import Verdict
from autograder.pages import texts
from autograder.pages.architecture import architecture
from autograder.pages.charts import learning_curves
from autograder.pages.confusion import confusions
from autograder.pages.environment import template
from autograder.pages.looks import Seen, seen
from autograder.pages.pictures import photo, photos
from autograder.pages.provenance import budget, facts
from autograder.pages.scores import criteria
from autograder.pages.signs import Signs
from autograder.reports import words
from autograder.reports.markdown import visible
from autograder.reports.report import Report
from autograder.reports.result_parts import RobustnessPart
from autograder.reports.training_parts import AugmentationPart, ConfusionPart

_MOST_AUGMENTED = 48
_MOST_EPOCHS = 400
_MOST_CONFUSIONS = 24
_MOST_FINDINGS = 100
_LONGEST_LOG = 100_000  # characters, each up to five bytes once escaped
_VERDICTS = {
    Verdict.GRADED: ("Graded", "good"),
    Verdict.REJECTED: ("Rejected", "bad"),
    Verdict.RUNTIME_ERROR: ("Runtime error", "bad"),
    Verdict.TIME_LIMIT: ("Time limit", "bad"),
    Verdict.MEMORY_LIMIT: ("Memory limit", "bad"),
    Verdict.OUTPUT_LIMIT: ("Output limit", "bad"),
    Verdict.INVALID_OUTPUT: ("Invalid output", "bad"),
    Verdict.INTERNAL_ERROR: ("Not graded yet", "accent"),
}
_KINDS = {
    "mistake": ("bad", "Mistake"),
    "advice": ("warn", "Advice"),
    "information": ("accent", "Good to know"),
}


# Sections in the order of their use: id, what has to be there, title.
_CONTENTS = (
    ("diagnoses", "notes", "What to look at first"),
    ("score", "criteria", "Score"),
    ("learning", "curves", "How the training went"),
    ("mistakes", "confusions", "Where it goes wrong"),
    ("augmentation", "augmentation", "Your augmentation"),
    ("sees", "looks", "What your network sees"),
    ("network", "architecture", "Your network"),
    ("budget", "budget", "Budget"),
    ("robustness", "robustness", "In bad conditions"),
    ("findings", "findings", "What was found"),
    ("grading", "facts", "How this was graded"),
)


@dataclass(frozen=True)
class Note:
    """A diagnosis, ready to be laid out."""

    tone: str
    kind: str
    message: Markup
    hint: Markup


@dataclass(frozen=True)
class Found:
    """A finding of the checks."""

    rule: str
    place: str
    message: Markup
    hint: Markup


@dataclass(frozen=True)
class Turned:
    """A class that the augmentation turns into another."""

    class_id: int
    becomes: int
    how: str


@dataclass(frozen=True)
class Augmentation:
    """What is known of the augmentation; each part may be missing."""

    sign: str | None
    augmented: tuple[str, ...]
    operations: tuple[tuple[str, str, str, str, float], ...]
    border: str
    border_colour: str
    habits: tuple[tuple[bool, str], ...]
    label_safe: bool | None
    turned: tuple[Turned, ...]
    more_turned: int
    measured: bool
    pictures: int
    lost: int


@dataclass(frozen=True)
class Corruption:
    """How well corrupted images are read: macro-F1 by severity, in percent."""

    name: str
    values: tuple[tuple[int, float, str], ...]


def render_student_page(
    report: Report, evidence: Evidence | None, signs: NDArray[np.uint8] | None, log: str
) -> str:
    """Return the page of one submission, complete HTML.

    Args:
        report: Of any verdict, of any age.
        evidence: What was kept to be looked at; None if nothing was.
        signs: A picture of each class, shape (classes, 48, 48, 3); None: names only.
        log: What the job printed.
    """
    shown = evidence or Evidence()
    classes = Signs(report.dataset.class_names, signs)
    tone = _VERDICTS.get(report.verdict, (str(report.verdict), "bad"))
    parts: dict[str, Any] = {
        "person": texts.label(report.submission.name or report.submission.id, 80),
        "assignment": texts.label(report.assignment, 120),
        "verdict": tone[0],
        "tone": tone[1],
        "is_graded": report.verdict is Verdict.GRADED,
        "sentence": words.SENTENCES.get(report.verdict, ""),
        "notes": _notes(report),
        "findings": _findings(report),
        "criteria": criteria(report),
        "curves": learning_curves(report.history, report.plan),
        "epochs": report.history[:_MOST_EPOCHS],
        "confusions": confusions(report, shown.wrong, classes),
        "augmentation": _augmentation(report.augmentation, shown),
        "looks": _looks(shown),
        "architecture": architecture(report),
        "budget": budget(report),
        "robustness": _robustness(report),
        "facts": facts(report),
        "log": _cut(visible(log)),
    }
    return template("student.html").render(
        report=report,
        words=words,
        texts=texts,
        signs=classes,
        contents=[(id_, title) for id_, part, title in _CONTENTS if parts[part]],
        **parts,
    )


def _cut(log: str) -> str:
    if len(log) <= _LONGEST_LOG:
        return log
    half = _LONGEST_LOG // 2
    return f"{log[:half]}\n\n… ({len(log) - 2 * half:,} characters left out) …\n\n{log[-half:]}"


def _notes(report: Report) -> list[Note]:
    return [
        Note(*_KINDS[one.kind], texts.prose(one.message), texts.prose(one.hint))
        for one in report.diagnoses
    ]


def _findings(report: Report) -> list[Found]:
    return [
        Found(
            texts.name(one.rule),
            texts.name(words.place_of(one)),
            texts.message(one.message),
            texts.prose(one.hint),
        )
        for one in report.findings[:_MOST_FINDINGS]
    ]


def _augmentation(part: AugmentationPart | None, shown: Evidence) -> Augmentation | None:
    if part is None and shown.augmented is None:
        return None
    turned = mutual(part.confusions) if part else []
    colour = part.border.colour if part else None
    return Augmentation(
        sign=None if shown.sign is None else photo(shown.sign),
        augmented=()
        if shown.augmented is None
        else tuple(photos(shown.augmented[:_MOST_AUGMENTED])),
        operations=_operations(part) if part else (),
        border=texts.name(describe_border(part.border)) if part else "",
        border_colour="rgb({:.0f} {:.0f} {:.0f})".format(*colour) if colour else "",
        habits=_habits(part) if part else (),
        label_safe=part.label_safe if part else None,
        turned=tuple(map(_turned, turned[:_MOST_CONFUSIONS])),
        more_turned=max(0, len(turned) - _MOST_CONFUSIONS),
        measured=part is not None,
        pictures=part.pictures if part else 0,
        lost=part.pictures - part.recognised if part else 0,
    )


def _operations(part: AugmentationPart) -> tuple[tuple[str, str, str, str, float], ...]:
    return tuple(
        (
            texts.name(one.operation),
            describe_often(one),
            _with_minus(texts.name(describe_range(one))),
            explain(one.operation),
            round(100 * one.share, 1),
        )
        for one in part.operations
    )


def _habits(part: AugmentationPart) -> tuple[tuple[bool, str], ...]:
    return tuple((good, _with_minus(line)) for good, line in describe_habits(part))


def _with_minus(numbers: str) -> str:
    return re.sub(r"(?<!\S)-(?=\d)", "−", numbers)  # noqa: RUF001 - a minus, not a hyphen


def _turned(one: ConfusionPart) -> Turned:
    return Turned(one.class_id, one.becomes, texts.name(describe_change(one)))


def _looks(shown: Evidence) -> list[Seen]:
    examples = (
        (shown.right, "A sign that it reads rightly"),
        (shown.misread, "A sign that it misreads"),
    )
    told: set[str] = set()
    return [seen(look, heading, told) for look, heading in examples if look is not None]


def _robustness(report: Report) -> tuple[RobustnessPart, tuple[Corruption, ...]] | None:
    metrics = report.metrics.holdout or report.metrics.validation
    if metrics is None or metrics.robustness is None:
        return None
    found = metrics.robustness
    names = dict.fromkeys(part.corruption for part in found.corrupted)
    return found, tuple(
        Corruption(
            texts.name(name.replace("_", " ")),
            tuple(
                (part.severity, round(100 * part.macro_f1, 1), f"{part.macro_f1:.2f}")
                for part in found.corrupted
                if part.corruption == name
            ),
        )
        for name in names
    )
