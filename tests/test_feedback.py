from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.measures import Score
from autograder.models import Diagnosis, Finding, Location, Replay, TrainingPlan, Verdict
from autograder.outcome import Outcome
from autograder.reports.feedback import render_feedback
from autograder.reports.markdown import block, cell, code, message, prose
from tests.sample_reports import (
    AUGMENTATION,
    CONFIG,
    GRADED,
    RECOGNITION,
    REJECTED,
    RUNS,
    STARTED,
    SUBMISSION,
    UNCERTAINTY,
    report,
)

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
HOSTILE = [
    "<script>alert(1)</script>",
    "![x](http://evil.example/x.png) [click](http://evil.example)",
    "http://evil.example www.evil.example mail@evil.example @everyone #12",
    "``` \n# Heading\n````` <b>x</b>\n~~~\n| a | b |\n| --- | --- |",
    "::error file=x::forged\n  ::set-output name=score::100\n##[error]forged",
    "##vso[task.setvariable variable=score]100\n##teamcity[buildStatus status='SUCCESS']",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07 \x9b31m",
    "\u202egnp.exe\u202c \u2066hidden\u2069 zero\u200bwidth\u2028line",
    "` `` ``` `a``b` ` <i>",
    "**bold** _it_ ~~gone~~ \\* &lt; &#60; $x$ {{ x }} <!-- comment",
    "1. list\n- list\n> quote\n---\n===\n[a]: http://evil.example",
    "</code></pre>`</code>`<img src=x onerror=alert(1)>",
]
ANY_TEXT = st.one_of(st.text(), st.text("`*_[]()<>&|~$#@!:\\-=+. \n\r\tab1\x1b\u202e\u200b"))


def tokens(markdown: str) -> list[Token]:
    found = []
    for token in MARKDOWN.parse(markdown):
        found += [token, *(token.children or [])]
    return found


def kinds(markdown: str) -> set[str]:
    return {token.type for token in tokens(markdown)}


def hostile_report(text: str) -> str:
    place = Location(text, 3)
    finding = Finding(text, text, text, place)
    score = Score((replace(RECOGNITION, title=text, reason=text, points=0),))
    graded = replace(GRADED, findings=(finding,), score=score)
    config = CONFIG.model_copy(
        update={"assignment": CONFIG.assignment.model_copy(update={"name": text})}
    )
    return render_feedback(report(graded, replace(SUBMISSION, id=text, name=text), config=config))


def assert_harmless(markdown: str) -> None:
    forbidden = {"link_open", "image", "html_inline", "html_block", "s_open", "em_open"}
    assert not kinds(markdown) & forbidden
    shown = "".join(token.content for token in tokens(markdown) if token.type == "text")
    assert not re.search(r"://|www\.|@|#\d", shown)
    assert not re.search(r"^\s*::|##\w*\[", markdown, re.MULTILINE)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]", markdown)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text: str) -> None:
    markdown = hostile_report(text)
    assert_harmless(markdown)
    headings = [token for token in tokens(markdown) if token.type == "heading_open"]
    plain = [token for token in tokens(hostile_report("word")) if token.type == "heading_open"]
    assert len(headings) == len(plain)


@given(ANY_TEXT)
@example("a`b``c")
@example("`a``b`")
def test_prose_is_one_harmless_paragraph(text: str) -> None:
    markdown = f"Reason: {prose(text)}"
    assert_harmless(markdown)
    assert [token.type for token in MARKDOWN.parse(markdown)] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    assert kinds(markdown) <= {
        "paragraph_open", "inline", "paragraph_close", "text", "code_inline"
    }  # fmt: skip


@given(ANY_TEXT)
def test_code_span_is_all_or_nothing(text: str) -> None:
    span = code(text)
    [inline] = MARKDOWN.parse(f"in {span}.")[1:2]
    shown = [child.type for child in inline.children or [] if child.content]
    assert shown == (["text", "code_inline", "text"] if span else ["text"])


@given(ANY_TEXT)
def test_block_is_one_block(text: str) -> None:
    markdown = block(text)
    assert [token.type for token in MARKDOWN.parse(markdown)] == ["fence"]
    assert_harmless(markdown)


@given(ANY_TEXT)
def test_cell_keeps_to_its_cell(text: str) -> None:
    table = f"| a | b |\n| --- | --- |\n| x{cell(text)} | y |"
    cells = [token for token in MARKDOWN.parse(table) if token.type == "td_open"]
    assert len(cells) == 2
    assert_harmless(table)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("F1 is 0.851: 0 points, (all at 0.9).", "F1 is 0.851: 0 points, (all at 0.9)."),
        ("see conv_2d, and keras.layers.", "see `conv_2d`, and `keras.layers`."),
        ("build_model() failed (in f(x_y)).", "`build_model()` failed (in `f(x_y)`)."),
        ("use `x * 2` here.", "use `x * 2` here."),
        ("two\n  lines", "two lines"),
        ("हिन्दी Ünï 李", "हिन्दी Ünï 李"),
        ("a ` b", "a `` ` `` b"),
        ("", ""),
    ],
)  # fmt: skip
def test_ordinary_prose_stays_readable(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_traceback_is_shown_line_by_line() -> None:
    assert message("Traceback:\n  File x\nValueError: *") == (
        "```text\nTraceback:\n  File x\nValueError: *\n```"
    )


def test_graded_feedback_reads_well() -> None:
    markdown = render_feedback(report())
    assert markdown.startswith(
        "# Feedback on German road signs\n\n"
        "Your submission was trained and graded: **77.50 of 100.00 points** (77.50 %).\n\n"
        "## Score\n\n"
        "| Criterion | Points | Of |\n"
        "| --- | ---: | ---: |\n"
        "| Signs are recognised | 67.50 | 90.00 |\n"
        "| Augmentation varies | 10.00 | 10.00 |\n"
        "| **Score** | **77.50** | **100.00** |\n\n"
        "## Where the missing points are\n\n"
        "Missing 22.50 of 90.00 points: **Signs are recognised**. macro-F1 is 0.800.\n\n"
    )
    assert (
        "| 1 | 2.000 | 0.400 | 1.900 | 0.500 |\n| 5 | 0.400 | 0.860 | 0.500 | 0.850 |" in markdown
    )
    assert f"- Trained weights: SHA-256 `{'b' * 64}`" in markdown
    assert markdown.endswith("comes out the same.\n")


def test_feedback_says_how_sure_the_score_is() -> None:
    markdown = render_feedback(report(replace(GRADED, runs=RUNS, uncertainty=UNCERTAINTY)))
    assert "Score 77.50 of 100, standard error 2.4 points: with other images" in markdown
    assert (
        "Measured: macro-F1 0.800 (95 % interval 0.781 to 0.817, 2 runs), "
        "accuracy 0.820 (95 % interval 0.800 to 0.840, 2 runs)."
    ) in markdown
    assert (
        "| Run | Seed | macro-F1 | Accuracy | Points |\n| ---: | ---: | ---: | ---: | ---: |\n"
        "| 1 | 2027 | 0.790 | 0.810 | 75.25 |\n| 2 | 2028 | 0.810 | 0.830 | 79.75 |\n"
    ) in markdown
    assert "Open after 1 run: too unsure. Settled after 2 runs." in markdown
    assert "- Seed: 2027, 2028\n" in markdown
    assert ", of the first run\n" in markdown


def test_one_run_needs_no_table_of_runs() -> None:
    once = replace(GRADED, runs=RUNS[:1], uncertainty=UNCERTAINTY)
    markdown = render_feedback(report(once))
    assert "95 % interval 0.781 to 0.817, 1 run" in markdown
    assert "| Run |" not in markdown
    assert "- Seed: 2027\n" in markdown


def test_a_part_of_a_training_has_no_table_of_runs() -> None:
    alone = replace(UNCERTAINTY, decisions=())
    part = replace(GRADED, verdict=Verdict.TIME_LIMIT, runs=(), uncertainty=alone)
    markdown = render_feedback(report(part))
    assert "95 % interval 0.781 to 0.817, 1 run)" in markdown
    assert "| Run |" not in markdown
    assert "How many runs" not in markdown


def test_full_score_has_nothing_missing() -> None:
    full = replace(GRADED, score=Score((replace(RECOGNITION, points=90), AUGMENTATION)))
    markdown = render_feedback(report(full))
    assert "missing" not in markdown.lower()
    assert "What to try next" not in markdown


@pytest.mark.parametrize("verdict", list(Verdict))
def test_notes_to_staff_stay_with_staff(verdict: Verdict) -> None:
    score = GRADED.score if verdict is Verdict.GRADED else None
    markdown = render_feedback(report(Outcome(verdict, note="STAFF ONLY", score=score)))
    assert "STAFF ONLY" not in markdown
    assert "points" in markdown or verdict is Verdict.INTERNAL_ERROR


def test_a_replay_is_for_staff() -> None:
    other = replace(GRADED, replay=Replay(False, "STAFF ONLY"))
    markdown = render_feedback(report(other))
    assert "STAFF ONLY" not in markdown
    assert "replay" not in markdown


def test_finding_says_where_and_what_to_do() -> None:
    markdown = render_feedback(report(REJECTED))
    assert (
        "Rule `forbidden-import` in `submission.ipynb, cell 2, line 3`: "
        "The module os may not be imported.\n\nWhat to do: Remove the import."
    ) in markdown
    assert "not trained. **0.00 of 100.00 points.**" in markdown
    assert "autograder check" in markdown


def test_our_fault_is_said_to_be_ours() -> None:
    markdown = render_feedback(report(Outcome(Verdict.INTERNAL_ERROR)))
    assert "not your fault" in markdown
    assert "0.00" not in markdown


def test_late_penalty_is_in_the_table() -> None:
    markdown = render_feedback(report(submission=replace(SUBMISSION, submitted_at=STARTED)))
    assert "| Late penalty | -10.00 |  |\n| **Grade** | **67.50** | **100.00** |" in markdown
    assert "1 day begun" in markdown


def test_diagnoses_are_told_with_what_to_try() -> None:
    found = (
        Diagnosis("overfitting", "advice", "The gap is 0.21 | <b>wide</b>.", "Augment more."),
        Diagnosis("confused-pairs", "information", "Most often mixed up: 30 and 50.", ""),
    )
    markdown = render_feedback(report(replace(GRADED, diagnoses=found)))
    assert "*What to try:* Augment more." in markdown
    assert "30 and 50." in markdown
    assert markdown.index("The gap is 0.21") < markdown.index("30 and 50.")
    assert "`<b>wide</b>`" in markdown


def test_training_cut_short_says_what_the_budget_pays_for() -> None:
    cut = replace(GRADED, plan=TrainingPlan(50, 32, 10, 100, 100, 50.0, 10.0, 0.5))
    markdown = render_feedback(report(cut))
    assert "your plan asks for 500 steps, the budget pays for 100" in markdown
    assert "cut training short" not in render_feedback(report())


def test_trial_runs_say_so() -> None:
    markdown = render_feedback(report(isolation="none", holdout_is_default_seed=True))
    assert "without a sandbox" in markdown
    assert "public default images" in markdown
