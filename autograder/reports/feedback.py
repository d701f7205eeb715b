"""feedback.md: a report in the student's words.

Every text of a report may quote the student's program, so all of it passes through
`autograder.reports.markdown`. Notes to staff are left out.
"""

from __future__ import annotations

from autograder.models import Verdict
from autograder.reports.markdown import cell, code, message, prose
from autograder.reports.report import Environment, Report
from autograder.reports.result_parts import CriterionPart, FindingPart, RunsPart
from autograder.reports.training_parts import DiagnosisPart, EpochPart

_SENTENCES = {
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


def render_feedback(report: Report) -> str:
    """Return the feedback to a student, as Markdown that ends in a newline."""
    sections = (
        _head(report),
        _score_table(report),
        _certainty(report),
        _lost_points(report),
        _robustness(report),
        _findings(report),
        _learning(report),
        _next_steps(report),
        _how_graded(report),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(report: Report) -> str:
    if report.verdict is Verdict.GRADED:
        sentence = (
            "Your submission was trained and graded: "
            f"**{report.score:.2f} of {report.max_score:.2f} points** ({report.percent:.2f} %)."
        )
    else:
        sentence = _SENTENCES[report.verdict]
        if report.score is not None:
            sentence = f"{sentence} **{report.score:.2f} of {report.max_score:.2f} points.**"
    lines = [f"# Feedback on {prose(report.assignment)}", sentence]
    if report.isolation == "none":
        lines.append("This was graded without a sandbox, so it is a trial run, not a grade.")
    if report.dataset.holdout_is_default_seed:
        lines.append(
            "This was graded on the public default images; the grade will come from images "
            "that nobody has seen."
        )
    return "\n\n".join(lines)


def _score_table(report: Report) -> str:
    if not report.criteria:
        return ""
    rows = [("Criterion", "Points", "Of"), ("---", "---:", "---:")]
    rows += [
        (cell(item.title), f"{item.points:.2f}", f"{item.max_points:.2f}")
        for item in report.criteria
    ]
    rows.append(("**Score**", f"**{report.score:.2f}**", f"**{report.max_score:.2f}**"))
    if report.late.points:
        rows.append(("Late penalty", f"-{report.late.points:.2f}", ""))
        rows.append(("**Grade**", f"**{report.grade:.2f}**", f"**{report.max_score:.2f}**"))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    late = f"\n\nLateness: {prose(report.late.reason)}" if report.late.days else ""
    return f"## Score\n\n{table}{late}"


def _certainty(report: Report) -> str:
    runs, holdout = report.runs, report.metrics.holdout
    if runs is None or holdout is None or holdout.intervals is None:
        return ""
    made = "1 run" if holdout.runs == 1 else f"{holdout.runs} runs"
    score = (
        f"Score {report.score:.1f} of {report.max_score:g}, standard error {runs.score_se:.1f} "
        "points: with other images in the holdout or another seed it would have come out "
        "different, by about that much."
    )
    metrics = ", ".join(
        f"{name} {value:.3f} (95 % interval {interval.low:.3f} to {interval.high:.3f}, {made})"
        for name, value, interval in (
            ("macro-F1", holdout.macro_f1, holdout.intervals.macro_f1),
            ("accuracy", holdout.accuracy, holdout.intervals.accuracy),
        )
    )
    why = f"How many runs there are: {' '.join(map(prose, runs.decisions))}"
    sections = ("## How sure this score is", score, f"Measured: {metrics}.", _run_table(runs))
    return "\n\n".join(part for part in (*sections, why if runs.decisions else "") if part)


def _run_table(runs: RunsPart) -> str:
    if len(runs.made) < 2:
        return ""
    rows = ["| Run | Seed | macro-F1 | Accuracy | Points |", "| ---: | ---: | ---: | ---: | ---: |"]
    rows += [
        f"| {number} | {run.seed} | {run.macro_f1:.3f} | {run.accuracy:.3f} | {run.points:.2f} |"
        for number, run in enumerate(runs.made, 1)
    ]
    table = "\n".join(rows)
    return f"Your score is the mean over all runs, which differ in the seed alone:\n\n{table}"


def _lost_points(report: Report) -> str:
    lost = [item for item in report.criteria if item.points < item.max_points]
    if not lost:
        return ""
    return "## Where the missing points are\n\n" + "\n\n".join(map(_lost, lost))


def _lost(item: CriterionPart) -> str:
    missing = f"{item.max_points - item.points:.2f} of {item.max_points:.2f} points"
    reason = message(item.reason)
    separator = "\n\n" if "\n" in reason else " "
    return f"Missing {missing}: **{cell(item.title)}**.{separator}{reason}"


def _robustness(report: Report) -> str:
    holdout = report.metrics.holdout
    if holdout is None or holdout.robustness is None:
        return ""
    found = holdout.robustness
    severities = tuple(dict.fromkeys(part.severity for part in found.corrupted))
    rows = [("Corruption", *map(str, severities)), ("---", *["---:"] * len(severities))]
    values = {(part.corruption, part.severity): part.macro_f1 for part in found.corrupted}
    rows += [
        (name.replace("_", " "), *(f"{values[name, severity]:.2f}" for severity in severities))
        for name in dict.fromkeys(part.corruption for part in found.corrupted)
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        "## In bad conditions\n\n"
        f"macro-F1 on {found.images} images of each kind, by severity, from 1 (mild) to 5 (harsh). "
        f"The mean is {found.macro_f1:.3f}; the same images as they were come to "
        f"{found.clean_macro_f1:.3f}.\n\n{table}"
    )


def _findings(report: Report) -> str:
    if not report.findings:
        return ""
    return "## What was found\n\n" + "\n\n".join(map(_finding, report.findings))


def _finding(finding: FindingPart) -> str:
    where = ""
    if finding.place is not None:
        place = [finding.place.file]
        place += [f"cell {finding.place.cell}"] if finding.place.cell is not None else []
        place += [f"line {finding.place.line}"] if finding.place.line is not None else []
        where = f" in {code(', '.join(place))}"
    found = message(finding.message)
    separator = "\n\n" if "\n" in found else " "
    text = f"Rule {code(finding.rule)}{where}:{separator}{found}"
    return f"{text}\n\nWhat to do: {prose(finding.hint)}" if finding.hint else text


def _learning(report: Report) -> str:
    parts = [_history_table(report.history), _cut_short(report)]
    parts += [_diagnosis(diagnosis) for diagnosis in report.diagnoses]
    body = "\n\n".join(part for part in parts if part)
    return f"## How the training went\n\n{body}" if body else ""


def _history_table(history: tuple[EpochPart, ...]) -> str:
    if not history:
        return ""
    rows = [
        "| Epoch | Training loss | Training accuracy | Validation loss | Validation accuracy |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for epoch in dict.fromkeys((history[0], history[-1])):
        values = (epoch.loss, epoch.accuracy, epoch.validation_loss, epoch.validation_accuracy)
        shown = (_measured(value) for value in values)
        rows.append(f"| {epoch.epoch} | {' | '.join(shown)} |")
    return "\n".join(rows)


def _measured(value: float | None) -> str:
    if value is None:
        return "not finite"
    return f"{value:.3f}" if abs(value) < 1e6 else f"{value:.3g}"


def _diagnosis(diagnosis: DiagnosisPart) -> str:
    hint = f" *What to try:* {prose(diagnosis.hint)}" if diagnosis.hint else ""
    return f"**{prose(diagnosis.message)}**{hint}"


def _cut_short(report: Report) -> str:
    plan = report.plan
    if plan is None or not plan.cut_short:
        return ""
    return (
        f"The budget cut training short: your plan asks for {plan.epochs * plan.steps_per_epoch} "
        f"steps, the budget pays for {plan.budget_steps}. Plan for that many: whatever depends on "
        "the length of training, such as a learning-rate schedule, then ends where it should."
    )


def _next_steps(report: Report) -> str:
    if report.verdict is Verdict.INTERNAL_ERROR:
        return ""
    if report.verdict is not Verdict.GRADED:
        return f"## What to try next\n\n{_NEXT_STEPS[report.verdict]}"
    if report.score == report.max_score:
        return ""
    return (
        "## What to try next\n\n"
        "Start with the criterion above that misses the most points. Change one thing at a time, "
        "run `autograder train` on your file after each change, and keep what raises the "
        "validation accuracy. The seed is fixed, so a difference comes from your change; a small "
        "one may still be luck."
    )


def _how_graded(report: Report) -> str:
    steps = str(report.plan.steps) if report.plan else ""
    facts = [
        ("Submission", f"{code(report.submission.id)}, {_hash(report.submission.sha256)}"),
        ("Rules", _hash(report.rules_sha256)),
        ("Seed", _seeds(report)),
        ("Steps", steps),
        ("Budget", _budget(report)),
        ("Trained weights", f"{_hash(report.weights_sha256)}{_of_the_first(report)}"),
        ("Images to train on", code(report.dataset.fingerprint)),
        ("Images to grade on", code(report.dataset.holdout_sha256)),
        ("Versions", _versions(report.environment)),
    ]
    lines = [f"- {name}: {value}" for name, value in facts if value]
    text = "## How this was graded\n\n" + "\n".join(lines)
    if report.weights_sha256:
        text += (
            "\n\nTo repeat the training, run `autograder train` on the same file with the same "
            "`grading.yaml` and versions: the hash of the trained weights comes out the same."
        )
    return text


def _seeds(report: Report) -> str:
    made = report.runs.made if report.runs else ()
    return ", ".join(str(run.seed) for run in made) or str(report.seeds.training)


def _of_the_first(report: Report) -> str:
    several = report.runs is not None and len(report.runs.made) > 1
    return ", of the first run" if several else ""


def _budget(report: Report) -> str:
    used = report.budget.training_s.used
    if used is None:
        return ""
    return f"{used:.1f} of {report.budget.training_s.allowed:g} reference seconds"


def _versions(environment: Environment) -> str:
    return prose(
        f"TensorFlow {environment.tensorflow}, Keras {environment.keras}, "
        f"NumPy {environment.numpy}, Python {environment.python}; "
        f"reproducibility {environment.reproducibility}"
    )


def _hash(digest: str | None) -> str:
    return f"SHA-256 {code(digest)}" if digest else ""
