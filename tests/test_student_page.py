from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup

from autograder.evidence import Evidence, FeatureMaps, Look, WrongAnswers
from autograder.measures import Metrics, Mistakes, Score
from autograder.models import (
    Cost,
    Diagnosis,
    Epoch,
    Finding,
    Layer,
    LayerCost,
    Location,
    Replay,
    TrainingPlan,
    Verdict,
)
from autograder.outcome import Interval, Outcome
from autograder.pages.confusion import PAIRS
from autograder.pages.student import render_student_page
from autograder.reports.report import Report
from autograder.reports.result_parts import CorruptedPart, RobustnessPart
from autograder.reports.training_parts import (
    AugmentationPart,
    BorderPart,
    ConfusionPart,
    OperationPart,
)
from tests.page_evidence import evidence
from tests.sample_reports import (
    AUGMENTATION,
    GRADED,
    RECOGNITION,
    REJECTED,
    RUNS,
    UNCERTAINTY,
    report,
)

MEASURED = Metrics(
    0.8,
    0.82,
    (0.7, 0.94),
    50,
    class_counts=(20, 30),
    mistakes=(Mistakes(0, 1, 6), Mistakes(1, 0, 2)),
)
COMPLETE = replace(
    GRADED,
    score=Score((RECOGNITION, AUGMENTATION)),
    holdout=MEASURED,
    uncertainty=replace(UNCERTAINTY, criteria={"recognition": Interval(0.76, 0.84)}),
    runs=RUNS,
    diagnoses=(Diagnosis("overfitting", "advice", "It overfits.", "Use `Dropout`."),),
    findings=(Finding("style", "A line is long.", "Cut it.", Location("submission.py", 4)),),
    cost=Cost((LayerCost("model", "conv2d", 4e6, 8e6, 3.0),), 0.5, 32, ()),
    plan=TrainingPlan(9, 32, 10, 50, 50, 9.0, 5.0, 0.5),
)
SEEN = AugmentationPart(
    operations=(OperationPart(operation="turn", share=0.9, low=-8.3, high=7.7, unit="degrees"),),
    border=BorderPart(fill="constant", colour=(0, 0, 0), seen_in=30),
    stochastic=True,
    train_only=True,
    seeded=True,
    in_range=False,
    values=(-20.0, 255.0),
    label_safe=False,
    confusions=(
        ConfusionPart(
            operation="mirror left-right", amount_deg=0, class_id=0, becomes=1, alike=0.97
        ),
    ),
    pictures=48,
    recognised=48,
)
HOSTILE = [
    "<script>alert(1)</script>",
    "</style></svg></pre><img src=x onerror=alert(1)>",
    "\u202egnp.exe\u2066 \x1b[31mred\x07",
    "{{ 7 * 7 }} {% raw %}",
    '" onmouseover="alert(1)',
    "x" * 10_000,
]
FAILURES = [verdict for verdict in Verdict if verdict is not Verdict.GRADED]


def signs(classes: int = 2) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, 255, (classes, 48, 48, 3), np.uint8)


def complete_report(outcome: Outcome = COMPLETE) -> Report:
    found = report(outcome)
    robustness = RobustnessPart(
        macro_f1=0.6,
        clean_macro_f1=0.8,
        images=10,
        corrupted=(
            CorruptedPart(corruption="motion_blur", severity=1, macro_f1=0.7, accuracy=0.7),
            CorruptedPart(corruption="motion_blur", severity=5, macro_f1=0.5, accuracy=0.5),
        ),
    )
    assert found.metrics.holdout is not None
    holdout = found.metrics.holdout.model_copy(update={"robustness": robustness})
    metrics = found.metrics.model_copy(update={"holdout": holdout})
    return found.model_copy(update={"metrics": metrics, "augmentation": SEEN})


def page(
    given: Report, shown: Evidence | None = None, pictures: Any = None, log: str = ""
) -> BeautifulSoup:
    return BeautifulSoup(render_student_page(given, shown, pictures, log), "html.parser")


def complete_page() -> BeautifulSoup:
    return page(complete_report(), evidence(), signs(), "Epoch 1\n")


def text(soup: BeautifulSoup, section: str) -> str:
    found = soup.find(id=section)
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_diagnoses_come_before_the_score_and_the_log_comes_last() -> None:
    ids = [section["id"] for section in complete_page().find_all("section", id=True)]
    assert ids == [
        "diagnoses",
        "score",
        "learning",
        "mistakes",
        "augmentation",
        "sees",
        "network",
        "budget",
        "robustness",
        "findings",
        "grading",
    ]


def test_the_contents_lead_to_every_section() -> None:
    soup = complete_page()
    linked = [link["href"] for link in soup.select("nav a")]
    assert linked == [f"#{section['id']}" for section in soup.find_all("section", id=True)]


def test_it_is_one_file_without_scripts_and_addresses() -> None:
    html = render_student_page(complete_report(), evidence(), signs(), "")
    assert "<script" not in html
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", html)
    assert not re.search(r"url\((?!#)", html)
    assert "http" not in re.sub(r"http-equiv", "", html)


def test_it_is_the_same_every_time() -> None:
    pages = {render_student_page(complete_report(), evidence(), signs(), "x") for _ in range(2)}
    assert len(pages) == 1


def test_ids_are_unique() -> None:
    ids = [tag["id"] for tag in complete_page().find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_headings_leave_no_level_out() -> None:
    levels = [int(tag.name[1]) for tag in complete_page().find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_has_a_text_or_stands_in_one_that_has() -> None:
    soup = complete_page()
    for image in soup.find_all("img"):
        described = image.find_parent(attrs={"role": "img"}) or image.find_parent(
            attrs={"class": "strips"}
        )
        assert image["alt"] or described
    for drawing in soup.find_all("svg"):
        inside = drawing.find_parent("svg")
        assert drawing.get("aria-label") or drawing.get("aria-hidden") or inside


def test_every_heading_of_a_table_says_what_it_heads() -> None:
    headings = complete_page().find_all("th")
    assert len(headings) > 10
    assert {heading["scope"] for heading in headings} == {"col", "row"}


def test_a_criterion_shows_points_value_interval_and_thresholds() -> None:
    soup = complete_page()
    scale = soup.select_one("svg.scale")
    assert scale is not None
    assert scale["aria-label"] == (
        "Value 0.800, 95 % interval 0.760 to 0.840; no points up to 0.500, "
        "all points from 0.900 on."
    )
    assert "22.50 points lost 67.50 of 90.00" in text(soup, "score").replace("\u2002", "")


def test_several_runs_are_listed() -> None:
    assert "1 2027 0.790 0.810 75.25" in text(complete_page(), "score")


def test_the_end_of_the_budget_is_told_and_drawn() -> None:
    soup = complete_page()
    assert "your plan asks for 90 steps, the budget pays for 50" in text(soup, "learning")
    assert "the budget ends here" in text(soup, "learning")


def test_pairs_count_the_scored_images_and_show_validation_images() -> None:
    soup = complete_page()
    pair = soup.select(".pair")[0]
    assert "Stop" in pair.get_text()
    assert "6 of 40 images, over 2 runs" in pair.get_text()
    assert [image["alt"] for image in pair.find_all("img")] == [
        "Validation image of Stop, taken for Yield"
    ] * 2
    assert "images that decide the score are never shown" in text(soup, "mistakes")


OWN_CODE = replace(
    COMPLETE,
    validation=Metrics(
        0.9, 0.95, (0.9, 1.0), 20, class_counts=(10, 10), mistakes=(Mistakes(0, 1, 1),)
    ),
    replay=Replay("not possible", "a layer of its own"),
)


def test_what_a_students_own_code_answered_for_sealed_images_is_counted_for_nobody() -> None:
    soup = page(report(OWN_CODE), evidence(), signs())
    assert "since your own code predicted those that decide the score" in text(soup, "mistakes")
    told = {title.get_text() for title in soup.select("svg.matrix title")}
    assert told == {
        "Stop: 9 of 10 read rightly", "Stop read as Yield: 1 of 10", "Yield: 10 of 10 read rightly"
    }  # fmt: skip


def test_a_checksum_of_predictions_leaves_no_message() -> None:
    made = replace(COMPLETE, predictions_sha256="c0de" * 16)
    clean = replace(made, replay=Replay(True, "the same"))
    own = replace(made, replay=OWN_CODE.replay)
    stopped = replace(made, verdict=Verdict.TIME_LIMIT, replay=None)
    at_home = replace(own, holdout=None)
    pages = [str(page(report(it), None, signs())) for it in (clean, own, stopped, at_home)]
    assert ["c0de" * 16 in shown for shown in pages] == [True, False, False, True]


def test_the_matrix_tells_of_every_cell() -> None:
    told = {title.get_text() for title in complete_page().select("svg.matrix title")}
    assert told == {
        "Stop: 34 of 40 read rightly",
        "Yield: 58 of 60 read rightly",
        "Stop read as Yield: 6 of 40",
        "Yield read as Stop: 2 of 60",
    }


def test_the_augmentation_is_told_in_words() -> None:
    soup = complete_page()
    told = text(soup, "augmentation").replace("\N{MINUS SIGN}", "-")
    assert "turn 90 % -8.3 to 7.7 degrees" in told
    assert "Stop becomes Yield mirror left-right" in told
    assert "Careful: leaves the range 0 to 255: values from -20 to 255" in told
    assert len(soup.select(".thumbs img")) == 6


def test_looks_show_scores_maps_and_what_mattered() -> None:
    soup = complete_page()
    looks = soup.select("article.look")
    assert [look.h3.get_text() for look in looks if look.h3] == [
        "A sign that it reads rightly",
        "A sign that it misreads",
    ]
    assert "Stop (what it shows) 80 %" in " ".join(looks[0].get_text(" ").split())
    assert "Covering the" in looks[1].get_text()


def test_what_misled_the_network_is_told() -> None:
    shown = evidence()
    assert shown.right is not None
    heat = np.zeros((5, 5), np.float32)
    heat[0, 4], heat[4, 0] = 0.6, -0.3
    shown = replace(shown, right=replace(shown.right, occlusion=heat), misread=None)
    told = text(page(complete_report(), shown), "sees")
    assert "Covering the upper right costs most: 60 percentage points" in told
    assert "Blue misled it" in told


def test_a_score_on_validation_images_is_called_one() -> None:
    soup = page(report(replace(COMPLETE, holdout=None)), evidence(), signs())
    assert "This was scored on the validation images" in soup.get_text()
    assert "Counted on the validation images" in text(soup, "mistakes")


def test_the_network_is_drawn_and_listed_with_its_cost() -> None:
    soup = complete_page()
    assert len(soup.select("svg.blocks rect")) == 1
    assert "conv2d Conv2D 30 x 30 x 8 224 0.12 3.00" in text(soup, "network").replace(
        "\N{MULTIPLICATION SIGN}", "x"
    )


def test_it_says_how_it_was_graded() -> None:
    told = text(complete_page(), "grading")
    for fact in ("2027, 2028", "b" * 64, "a" * 64, "TensorFlow 2.21.0", "autograder train", "full"):
        assert fact in told


def test_a_note_to_staff_is_never_shown() -> None:
    assert "for staff only" not in render_student_page(complete_report(), None, None, "")


@pytest.mark.parametrize("verdict", FAILURES)
def test_every_verdict_has_a_page_of_what_is_known(verdict: Verdict) -> None:
    given = report(replace(REJECTED, verdict=verdict))
    soup = page(given)
    assert "The module os may not be imported." in text(soup, "findings")
    assert "submission.ipynb, cell 2, line 3" in text(soup, "findings")
    assert soup.find(id="score") is None
    assert soup.find(id="network") is None


def test_what_is_ours_shows_no_score() -> None:
    soup = page(report(Outcome(verdict=Verdict.INTERNAL_ERROR)))
    assert soup.select_one(".points") is None
    assert "not your fault" in soup.get_text()


def test_an_old_report_lacks_what_was_not_kept() -> None:
    old = complete_report(GRADED).model_dump(mode="json")
    for key in ("augmentation", "cost", "runs", "replay"):
        old.pop(key)
    for metrics in old["metrics"].values():
        for key in ("mistakes", "class_counts", "intervals", "robustness"):
            metrics.pop(key)
    for criterion in old["criteria"]:
        for key in ("zero_at", "full_at", "interval"):
            criterion.pop(key)
    soup = page(Report.model_validate(old), None, signs())
    assert soup.select_one("svg.matrix") is None
    assert soup.select_one("svg.scale") is None
    assert "Stop 70 %" in text(soup, "mistakes")


def test_a_diverged_history_is_drawn_and_told() -> None:
    history = (Epoch(1, 10, 2.0, 0.4, 1.9, 0.5), Epoch(2, 20, float("nan"), 0.1, float("inf"), 0.1))
    soup = page(report(replace(GRADED, history=history)))
    charts = soup.select("svg.chart")
    assert "not finite from epoch 2 on" in str(charts[0]["aria-label"])
    assert "not finite" in text(soup, "learning")


@pytest.mark.parametrize("classes", [1, 2, 17, 200])
@pytest.mark.parametrize("pictured", [True, False])
def test_any_number_of_classes_fits(classes: int, pictured: bool) -> None:
    recall = tuple(0.5 for _ in range(classes))
    mistakes = tuple(Mistakes(one, one - 1, 1) for one in range(1, classes))
    metrics = Metrics(0.5, 0.5, recall, 10 * classes, None, (10,) * classes, mistakes)
    given = report(
        replace(GRADED, holdout=metrics), class_names=tuple(f"c{n}" for n in range(classes))
    )
    html = render_student_page(
        given, evidence(max(2, classes)), signs(classes) if pictured else None, ""
    )
    assert len(html) < 1_500_000
    assert len(BeautifulSoup(html, "html.parser").select("svg.matrix rect.right")) == classes


def test_pictures_that_do_not_fit_the_classes_are_left_out() -> None:
    soup = page(complete_report(), evidence(), signs(1))
    assert [symbol["id"] for symbol in soup.find_all("symbol")] == ["sign-0"]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_texts_of_others_stay_texts(words: str) -> None:
    found = Finding(words, words, words, Location(words, 3))
    outcome = replace(
        COMPLETE,
        score=Score((replace(RECOGNITION, title=words, reason=f"{words}\n{words}"), AUGMENTATION)),
        layers=(Layer(words, words, True, (30, 30, 8), ((3, 3),), ((8,),)),),
        diagnoses=(Diagnosis("x", "mistake", words, words),),
        findings=(found,),
    )
    given = complete_report(outcome)
    submission = given.submission.model_copy(update={"name": words, "origin": words})
    dataset = given.dataset.model_copy(update={"class_names": (words, words)})
    given = given.model_copy(
        update={"submission": submission, "dataset": dataset, "assignment": words}
    )
    html = render_student_page(given, evidence(name=words), signs(), words)
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find("script") is None
    assert not [
        tag for tag in soup.find_all(True) if any(key.startswith("on") for key in tag.attrs)
    ]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b\x07]", html)
    assert "49" not in soup.find("h1").get_text()  # type: ignore[union-attr]
    assert len(soup.find("h1").get_text()) < 120  # type: ignore[union-attr]
    assert len(soup.find_all("img", src="x")) == 0
    assert len(soup.find_all("section", id=True)) == 11


def test_a_long_log_is_cut_in_the_middle() -> None:
    log = page(report(), log="a" * 500_000 + "end").find(id="log")
    assert log is not None
    assert "400,003 characters left out" in log.get_text()
    assert log.get_text().rstrip().endswith("end")


def test_the_most_that_a_submission_can_bring_stays_below_3_mb() -> None:
    """Noise in every picture, a network without end, each mistake, a log of nothing but markup."""
    rng = np.random.default_rng(1)

    def noise(*shape: int) -> Any:
        return rng.integers(0, 256, shape, np.uint8)

    maps = tuple(
        FeatureMaps("<" * 80, "&" * 80, (64, 64, 512), rng.random((8, 64, 64)).astype(np.float32))
        for _ in range(14)
    )
    look = Look(noise(64, 64, 3), 0, np.full(43, 1 / 43, np.float32), maps, noise(15, 15) / 255)
    classes = np.repeat(np.arange(PAIRS, dtype=np.int32), 6)
    wrong = WrongAnswers(noise(30, 64, 64, 3), classes, classes + 1, np.full(30, 0.9, np.float32))
    shown = Evidence(wrong, noise(64, 64, 3), noise(64, 64, 64, 3), look, look)
    mistakes = [Mistakes(one, other, 3) for one in range(43) for other in range(43) if one != other]
    outcome = replace(
        COMPLETE,
        log=b"",
        history=tuple(Epoch(at, at, *rng.random(4).tolist()) for at in range(1, 2001)),
        layers=(Layer("<" * 200, "Conv" + "&" * 200, True, (64, 64, 10**9), (), ()),) * 400,
        holdout=replace(
            MEASURED, recall=(0.5,) * 43, class_counts=(200,) * 43, mistakes=tuple(mistakes)
        ),
    )
    html = render_student_page(report(outcome), shown, None, "<'" * 200_000)
    assert len(html.encode()) < 3_000_000


def test_a_value_just_short_of_a_threshold_does_not_read_as_if_it_reached_it() -> None:
    given = report(GRADED)
    short = given.criteria[0].model_copy(update={"value": 0.89996})
    soup = page(given.model_copy(update={"criteria": (short, *given.criteria[1:])}))
    value = soup.select_one("svg.scale .value")
    assert value is not None
    assert value.get_text() == "0.899"


def test_a_score_just_short_of_a_pass_does_not_read_as_one() -> None:
    given = report(GRADED).model_copy(update={"score": 49.96})
    points = page(given).select_one(".points b")
    assert points is not None
    assert points.get_text() == "49.96"


def test_a_criterion_without_degree_has_one_threshold_on_its_scale() -> None:
    given = report(GRADED)
    step = given.criteria[0].model_copy(update={"zero_at": 0.9, "full_at": 0.9})
    soup = page(given.model_copy(update={"criteria": (step, *given.criteria[1:])}))
    assert len(soup.select("svg.scale .tick")) == 1
    scale = soup.select_one("svg.scale")
    assert scale is not None
    assert str(scale["aria-label"]).endswith("all points from 0.900 on.")
