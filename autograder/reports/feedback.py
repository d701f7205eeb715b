"""feedback.md: a report in the student's words.

Every text of a report may quote the student's program, so all of it passes through
`autograder.reports.markdown`. Notes to staff are left out.
"""

from __future__ import annotations

from autograder.models import Verdict
from autograder.reports import words
from autograder.reports.markdown import cell, code, message, prose
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart, FindingPart, RunsPart
from autograder.reports.training_parts import DiagnosisPart, EpochPart


def render_feedback(report: Report) -> str:
    """Return the feedback to a student, as Markdown that ends in a newline."""
    sections = (
        _head(report),
        _score_table(report),
        _certainty(report),
        _lost_points(report),
        _robustness(report),
        render_findings(report),
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
        sentence = words.SENTENCES[report.verdict]
        if report.score is not None:
            sentence = f"{sentence} **{report.score:.2f} of {report.max_score:.2f} points.**"
    lines = [f"# Feedback on {prose(report.assignment)}", sentence, *words.cautions(report)]
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
    why = f"How many runs there are: {' '.join(map(prose, runs.decisions))}"
    sections = (
        "## How sure this score is",
        words.score_certainty(report),
        words.metrics_certainty(holdout),
        _run_table(runs),
    )
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
    return f"{words.SEVERAL_RUNS}\n\n{table}"


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
    values = {(part.corruption, part.severity): f"{part.macro_f1:.2f}" for part in found.corrupted}
    rows += [
        (name.replace("_", " "), *(values.get((name, severity), "") for severity in severities))
        for name in dict.fromkeys(part.corruption for part in found.corrupted)
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## In bad conditions\n\n{words.robustness_summary(found)}\n\n{table}"


def render_findings(report: Report) -> str:
    """Return what the rules found, as a section; empty if that is nothing."""
    if not report.findings:
        return ""
    return "## What was found\n\n" + "\n\n".join(map(_finding, report.findings))


def _finding(finding: FindingPart) -> str:
    place = words.place_of(finding)
    where = f" in {code(place)}" if place else ""
    found = message(finding.message)
    separator = "\n\n" if "\n" in found else " "
    text = f"Rule {code(finding.rule)}{where}:{separator}{found}"
    return f"{text}\n\nWhat to do: {prose(finding.hint)}" if finding.hint else text


def _learning(report: Report) -> str:
    parts = [_history_table(report.history), words.cut_short(report)]
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
        shown = (words.measured(value) for value in values)
        rows.append(f"| {epoch.epoch} | {' | '.join(shown)} |")
    return "\n".join(rows)


def _diagnosis(diagnosis: DiagnosisPart) -> str:
    hint = f" *What to try:* {prose(diagnosis.hint)}" if diagnosis.hint else ""
    return f"**{prose(diagnosis.message)}**{hint}"


def _next_steps(report: Report) -> str:
    steps = words.next_steps(report)
    return f"## What to try next\n\n{steps}" if steps else ""


def _how_graded(report: Report) -> str:
    steps = str(report.plan.steps) if report.plan else ""
    facts = [
        ("Submission", f"{code(report.submission.id)}, {_hash(report.submission.sha256)}"),
        ("Rules", _hash(report.rules_sha256)),
        ("Seed", words.seeds(report)),
        ("Steps", steps),
        ("Budget", words.budget_used(report)),
        ("Trained weights", f"{_hash(report.weights_sha256)}{words.weights_owner(report)}"),
        ("Images to train on", code(report.dataset.fingerprint)),
        ("Images to grade on", code(report.dataset.holdout_sha256)),
        ("Versions", prose(words.versions(report.environment))),
    ]
    lines = [f"- {name}: {value}" for name, value in facts if value]
    text = "## How this was graded\n\n" + "\n".join(lines)
    if report.weights_sha256:
        text += f"\n\n{words.REPEAT}"
    return text


def _hash(digest: str | None) -> str:
    return f"SHA-256 {code(digest)}" if digest else ""
