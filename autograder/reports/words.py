"""What a report says in whole sentences, to the student: the same in feedback.md and on the page.

Plain text; backticks mark code. Whatever shows it has to escape it.
"""

from __future__ import annotations

from autograder.models import Verdict
from autograder.reports.report import Environment, Report
from autograder.reports.result_parts import FindingPart, MetricsPart, RobustnessPart

SENTENCES = {
    Verdict.REJECTED: "Your submission breaks a rule of the assignment, so it was not trained.",
    Verdict.RUNTIME_ERROR: "Your code stopped with an error, so there was nothing to score.",
    Verdict.TIME_LIMIT: "Your code ran into the time limit and was stopped.",
    Verdict.MEMORY_LIMIT: "Your code needed more memory than there is and was stopped.",
    Verdict.OUTPUT_LIMIT: "Your code printed or wrote more than is allowed and was stopped.",
    Verdict.INVALID_OUTPUT: "Your model was trained, but its predictions cannot be scored.",
    Verdict.INTERNAL_ERROR: (
        "Something failed on our side. This is not your fault and costs you nothing: your "
        "submission will be graded again, and there is nothing for you to do."
    ),
}
_NEXT_STEPS = {
    Verdict.REJECTED: "Mend what is listed above, then run `autograder check` on your file: "
    "it applies the same rules in seconds.",
    Verdict.RUNTIME_ERROR: "Run `autograder train` on your file: it fails there in the same way, "
    "and you can look closer.",
    Verdict.TIME_LIMIT: "Make the network or the augmentation cheaper: fewer filters in the first, "
    "largest layers help most. Avoid loops over single images.",
    Verdict.MEMORY_LIMIT: "Use a smaller batch size, or fewer filters in the first, largest "
    "layers; do not gather images in lists.",
    Verdict.OUTPUT_LIMIT: "Take `print` out of what runs for every batch or layer.",
    Verdict.INVALID_OUTPUT: "Run `autograder train` on your file and watch the loss: it must "
    "stay a number and fall.",
}
_IMPROVE = (
    "Start with the criterion above that misses the most points. Change one thing at a time, "
    "run `autograder train` on your file after each change, and keep what raises the "
    "validation accuracy. The seed is fixed, so a difference comes from your change; a small "
    "one may still be luck."
)
REPEAT = (
    "To repeat the training, run `autograder train` on the same file with the same "
    "`grading.yaml` and versions: the hash of the trained weights comes out the same."
)
SEVERAL_RUNS = "Your score is the mean over all runs, which differ in the seed alone:"


def cautions(report: Report) -> list[str]:
    """Return why this is no grade yet, if it is none."""
    said = []
    if report.isolation == "none":
        said.append("This was graded without a sandbox, so it is a trial run, not a grade.")
    if report.dataset.holdout_is_default_seed:
        said.append(
            "This was graded on the public default images; the grade will come from images "
            "that nobody has seen."
        )
    if report.verdict is Verdict.GRADED and report.metrics.holdout is None:
        said.append(
            "This was scored on the validation images, which you can see. The grader scores images "
            "that nobody has seen: expect about as much, not exactly as much."
        )
    return said


def score_certainty(report: Report) -> str:
    """Return how far off the score may be; empty if that is not known."""
    if report.runs is None:
        return ""
    images = "in the holdout" if report.metrics.holdout else "to score on"
    return (
        f"Score {report.score:.2f} of {report.max_score:g}, standard error "
        f"{report.runs.score_se:.1f} points: with other images {images} or another seed it "
        "would have come out different, by about that much."
    )


def metrics_certainty(metrics: MetricsPart | None) -> str:
    """Return what was measured and its intervals; empty if there are none."""
    if metrics is None or metrics.intervals is None:
        return ""
    made = "1 run" if metrics.runs == 1 else f"{metrics.runs} runs"
    measured = ", ".join(
        f"{name} {value:.3f} (95 % interval {interval.low:.3f} to {interval.high:.3f}, {made})"
        for name, value, interval in (
            ("macro-F1", metrics.macro_f1, metrics.intervals.macro_f1),
            ("accuracy", metrics.accuracy, metrics.intervals.accuracy),
        )
    )
    return f"Measured: {measured}."


def robustness_summary(found: RobustnessPart) -> str:
    """Return what was measured on corrupted images."""
    return (
        f"macro-F1 on {found.images} images of each kind, by severity, from 1 (mild) to 5 (harsh). "
        f"The mean is {found.macro_f1:.3f}; the same images as they were come to "
        f"{found.clean_macro_f1:.3f}."
    )


def place_of(finding: FindingPart) -> str:
    """Return where in the submission something was found; empty if it is nowhere."""
    place = finding.place
    if place is None:
        return ""
    parts = [place.file]
    parts += [f"cell {place.cell}"] if place.cell is not None else []
    parts += [f"line {place.line}"] if place.line is not None else []
    return ", ".join(parts)


def measured(value: float | None) -> str:
    """Return a number of the training, which may have diverged."""
    if value is None:
        return "not finite"
    return f"{value:.3f}" if abs(value) < 1e6 else f"{value:.3g}"


def cut_short(report: Report) -> str:
    """Return that the budget ended training, if it did."""
    plan = report.plan
    if plan is None or not plan.cut_short:
        return ""
    return (
        f"The budget cut training short: your plan asks for {plan.epochs * plan.steps_per_epoch} "
        f"steps, the budget pays for {plan.budget_steps}. Plan for that many: whatever depends on "
        "the length of training, such as a learning-rate schedule, then ends where it should."
    )


def next_steps(report: Report) -> str:
    """Return what to do now; empty if there is nothing."""
    if report.verdict is Verdict.GRADED:
        return "" if report.score == report.max_score else _IMPROVE
    return _NEXT_STEPS.get(report.verdict, "")


def seeds(report: Report) -> str:
    """Return the seeds of all runs made."""
    made = report.runs.made if report.runs else ()
    return ", ".join(str(run.seed) for run in made) or str(report.seeds.training)


def weights_owner(report: Report) -> str:
    """Return whose weights are hashed, where there are several; to follow the hash."""
    several = report.runs is not None and len(report.runs.made) > 1
    return ", of the first run" if several else ""


def budget_used(report: Report) -> str:
    """Return what the training cost; empty if that is not known."""
    used = report.budget.training_s.used
    if used is None:
        return ""
    return f"{used:.1f} of {report.budget.training_s.allowed:g} reference seconds"


def versions(environment: Environment) -> str:
    """Return the versions that decide the bits."""
    return (
        f"TensorFlow {environment.tensorflow}, Keras {environment.keras}, "
        f"NumPy {environment.numpy}, Python {environment.python}; "
        f"reproducibility {environment.reproducibility}"
    )
