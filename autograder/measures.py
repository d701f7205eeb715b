"""What was measured of a trained network, and the score that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class Corrupted:
    """Predictions for images under one corruption at one severity.

    Attributes:
        corruption: Its name in grading.yaml.
        severity: 1 to 5.
        macro_f1: Mean F1 over the classes, 0..1.
        accuracy: Share of right predictions, 0..1.
    """

    corruption: str
    severity: int
    macro_f1: float
    accuracy: float


@dataclass(frozen=True)
class Robustness:
    """Predictions for corrupted images.

    Attributes:
        macro_f1: Mean over all corruptions and severities, 0..1.
        clean_macro_f1: The same of the images as they were before.
        images: Number of images of each corruption at each severity.
        corrupted: One for each corruption at each severity.
    """

    macro_f1: float
    clean_macro_f1: float
    images: int
    corrupted: tuple[Corrupted, ...]

    @property
    def by_corruption(self) -> dict[str, float]:
        """Mean macro-F1 over the severities of each corruption."""
        names = dict.fromkeys(part.corruption for part in self.corrupted)
        return {
            name: fmean(part.macro_f1 for part in self.corrupted if part.corruption == name)
            for name in names
        }


@dataclass(frozen=True)
class Mistakes:
    """How often one class is read as a certain other one.

    Attributes:
        class_id: What is shown.
        read_as: What it is taken for.
        count: Of images, over all runs together.
    """

    class_id: int
    read_as: int
    count: int


@dataclass(frozen=True)
class Metrics:
    """Scores of predictions against labels, computed in the grader.

    Attributes:
        macro_f1: Mean F1 over the classes, 0..1.
        accuracy: Share of right predictions, 0..1.
        recall: Recall of each class, 0..1, indexed by class id.
        count: Number of images.
        robustness: On corrupted copies of some of the images; None if nothing asks for it.
        class_counts: Number of images of each class, indexed by class id.
        mistakes: The cells beside the diagonal of the confusion matrix, most frequent first;
            those that are empty are left out.
    """

    macro_f1: float
    accuracy: float
    recall: tuple[float, ...]
    count: int
    robustness: Robustness | None = None
    class_counts: tuple[int, ...] = ()
    mistakes: tuple[Mistakes, ...] = ()


@dataclass(frozen=True)
class CriterionResult:
    """What one line of the rubric came to.

    Attributes:
        id: Its identifier in grading.yaml.
        title: What the student reads.
        points: Points won, 0..max_points.
        max_points: Points that could be won.
        value: The measured value, if the criterion measures one.
        passed: True, False, or None where it is a matter of degree or could not be judged.
        reason: Why these points, and what to look at next, to the student.
    """

    id: str
    title: str
    points: float
    max_points: float
    value: float | None
    passed: bool | None
    reason: str


@dataclass(frozen=True)
class Score:
    """A rubric, applied."""

    criteria: tuple[CriterionResult, ...]

    @property
    def points(self) -> float:
        """Points won, before any late penalty."""
        return sum(criterion.points for criterion in self.criteria)

    @property
    def max_points(self) -> float:
        """Points that could be won."""
        return sum(criterion.max_points for criterion in self.criteria)
