"""The parts of a report that say what a submission came to: points, metrics, runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from autograder.models import Verdict
from autograder.reports.fields import Instant, Number, Part, Sha256, Share, Text


class PersonPart(Part):
    """A student, by whatever was known of them; what was not is empty."""

    name: Text = ""
    user_id: Text = ""
    """The learning management system's own: Canvas's ID, Moodle's participant."""
    number: Text = ""
    """The school's: SIS user id, OrgDefinedId, Gradescope's SID."""
    username: Text = ""
    email: Text = ""
    section: Text = ""
    github: Text = ""
    """Username on GitHub, which may be another's login at school."""


class SubmissionPart(Part):
    """Whose work it is."""

    id: Text
    """Folder name of its results; unique in a batch."""
    student_id: Text
    name: Text
    """From the roster; empty where there is none."""
    sha256: Sha256
    """Over names and contents of what was handed in."""
    origin: Text
    """Name of the file or folder handed in; never its path."""
    submitted_at: Instant | None
    """From the roster or the download, in UTC; null where it is not known."""
    students: tuple[PersonPart, ...] = ()
    """Whose it is, where a download or a roster tells; several are a team."""
    due: Instant | None = None
    """Their own due time, in UTC; null for that of the rules."""
    marked_late: bool = False
    """Whether the download calls it late, as some do that give no times."""
    attempts: Annotated[int, Field(ge=1)] = 1
    """How many of theirs were graded; the others have this one's id and `~2`, `~3` and so on."""


class PlacePart(Part):
    """A place in what was handed in, in the student's own counting from 1."""

    file: Text
    line: int | None
    """In the file; in the cell, if there is one."""
    cell: int | None
    """Code cell of a notebook."""


class FindingPart(Part):
    """Something a rule has to say; to the student."""

    rule: Text
    message: Text
    """What is wrong. May quote the student's own program: never trust it as markup."""
    hint: Text
    """What to do about it."""
    place: PlacePart | None


class LatePart(Part):
    """What lateness cost."""

    points: Annotated[Number, Field(ge=0)]
    days: Annotated[int, Field(ge=0)]
    """Days begun after the due time; 0 within the grace."""
    reason: Text


class IntervalPart(Part):
    """Ends of a 95 % interval."""

    low: Number
    high: Number


class CriterionPart(Part):
    """What one line of the rubric came to."""

    id: Text
    title: Text
    points: Number
    """Points won, in hundredths."""
    max_points: Number
    value: Number | None
    """The measured metric, exact; null if the criterion measures none."""
    passed: bool | None
    """null: a matter of degree, or it could not be judged (flag check-error)."""
    reason: Text
    """To the student: why these points, and what to look at next."""
    interval: IntervalPart | None = None
    """Of the metric; null if there is none, and in reports of before there were any."""
    zero_at: Number | None = None
    """Value up to which there are no points; null if it measures none."""
    full_at: Number | None = None
    """Value from which on there are all points; equal to zero_at if nothing lies between."""


class IntervalsPart(Part):
    """Where metrics may be: had other signs been filmed, had other seeds been drawn."""

    macro_f1: IntervalPart
    accuracy: IntervalPart
    recall: tuple[IntervalPart, ...]
    """Indexed by class id."""


class CorruptedPart(Part):
    """Images under one corruption at one severity."""

    corruption: Text
    severity: int
    """1 is mild, 5 is harsh."""
    macro_f1: Share
    accuracy: Share


class RobustnessPart(Part):
    """Predictions for corrupted copies of some of the images, see docs/robustness.md."""

    macro_f1: Share
    """Mean over all corruptions and severities; metric robust_macro_f1."""
    clean_macro_f1: Share
    """The same of the same images, before they were corrupted."""
    images: int
    """Of each corruption at each severity."""
    corrupted: tuple[CorruptedPart, ...]
    """One for each corruption at each severity."""


class MistakesPart(Part):
    """How often one class is read as a certain other one."""

    class_id: int
    """What is shown."""
    read_as: int
    """What it is taken for."""
    count: int
    """Of images, over all runs together."""


class MetricsPart(Part):
    """Predictions against labels, computed by the grader; means over the runs made."""

    macro_f1: Share
    accuracy: Share
    recall: tuple[Share, ...]
    """Indexed by class id."""
    count: int
    """Number of images."""
    runs: int = 1
    """How many trainings these are the means of."""
    intervals: IntervalsPart | None = None
    """null for what decides no score, and in reports of before there were any."""
    robustness: RobustnessPart | None = None
    """null if the rubric does not ask for it."""
    class_counts: tuple[int, ...] = ()
    """Number of images of each class; empty in reports of before there were any."""
    mistakes: tuple[MistakesPart, ...] = ()
    """The confusion matrix beside its diagonal, most frequent first."""


class BothMetricsPart(Part):
    """On the images that decide the score, and on those the student can see."""

    holdout: MetricsPart | None
    validation: MetricsPart | None


class RunPart(Part):
    """One training of several that differ in the seed alone."""

    seed: int
    macro_f1: Share
    accuracy: Share
    points: Number
    """Its score, had it been the only run."""
    weights_sha256: Sha256
    replayed: bool | Literal["not possible"] | None
    """As in `replay`, of this run."""


class FailedRunPart(Part):
    """A further run that came to nothing: it ended the runs, and costs no points."""

    seed: int
    verdict: Verdict
    """What a submission gets whose first run ends so."""
    reason: Text
    """To the student."""


class RunsPart(Part):
    """Every training made, and what they say together."""

    made: tuple[RunPart, ...]
    """In the order of their seeds; the score is the mean of their points."""
    failed: FailedRunPart | None
    score_se: Number
    """Standard error of the score, in points."""
    holdout_se: Number
    """The part of it that is due to the choice of signs in the holdout."""
    luck_se: Number
    """The part that is due to the seeds; assumed if there is one run."""
    score: IntervalPart
    """95 % interval, in points."""
    decisions: tuple[Text, ...]
    """After each run, whether another followed and why."""
