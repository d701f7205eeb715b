"""The page of a class, read as a browser reads it; how it looks is checked in tests/browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

import numpy as np
import pytest

from autograder.models import Verdict
from autograder.pages.class_charts import Measured, scatter, ticks
from autograder.pages.class_page import render_class_page
from autograder.pages.class_rows import standings
from autograder.pages.pseudonyms import pseudonyms
from autograder.reports.report import Report
from tests.sample_class import criterion, ended, graded, holdout, mistakes

MISSING = "\N{EN DASH}"
VOID = {"meta", "input", "br", "img", "link"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "</script><!--",
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    "{{ 7 * 7 }}{% raw %}",
    "ada?b#c%20d&amp;e",
    "محمد علي",
    "x" * 10_000,
)


@dataclass
class Tag:
    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Every element of a page with the text in it, and whether all are closed."""

    html: str
    tags: list[Tag] = field(default_factory=list)
    open: list[Tag] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Tag(tag, {key: value or "" for key, value in attrs})
        self.tags.append(found)
        if tag not in VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {key: value or "" for key, value in attrs}))

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            tag.text += data

    def all(self, name: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.name == name]

    def links(self) -> list[str]:
        return [tag.attributes["href"] for tag in self.all("a") if "href" in tag.attributes]

    def rows(self, caption: str = "Best grade first") -> list[list[str]]:
        """Return the cells of the table's body."""
        table = next(tag for tag in self.all("table") if caption in tag.text)
        start = self.tags.index(table)
        found: list[list[str]] = []
        for tag in self.tags[start:]:
            if tag.name == "section":
                break
            if tag.name == "tr":
                found.append([])
            elif tag.name in {"td", "th"}:
                found[-1].append(" ".join(tag.text.split()))
        return found[1:]


def page(reports: Sequence[Report], **options: object) -> Page:
    parsed = Page(render_class_page(reports, None, **options))  # type: ignore[arg-type]
    assert not parsed.open
    return parsed


def test_each_submission_has_a_row_that_leads_to_its_report() -> None:
    found = page([graded("bob", 62.5, name="Bob Ross"), graded("ada", 91.25, name="Ada Lovelace")])

    assert [row[:2] for row in found.rows()] == [["ada", "Ada Lovelace"], ["bob", "Bob Ross"]]
    assert "91.25" in found.rows()[0]
    assert "submissions/ada/report.html" in found.links()


def test_names_have_a_column_only_if_there_are_any() -> None:
    with_names, without = page([graded("ada", name="Ada")]), page([graded("ada")])
    assert [len(found.rows()[0]) for found in (with_names, without)] == [9, 8]


def test_a_missing_grade_is_no_zero_and_stands_last() -> None:
    found = page(
        [ended("bob", Verdict.INTERNAL_ERROR), ended("cy", Verdict.REJECTED), graded("ada")]
    )

    rows = found.rows()
    assert [row[0] for row in rows] == ["ada", "cy", "bob"]
    assert rows[1][2:4] == ["0.00", "0.00"]
    assert rows[2][2:4] == [MISSING, MISSING]
    assert "2 submissions" not in found.html.split('id="scores"')[1].split("</section>")[0]


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_others_are_shown_and_do_nothing(text: str, *, anonymous: bool) -> None:
    report = graded(text[:200], name=text, flags=["late"], criteria=[criterion("a", 3, title=text)])
    report = report.model_copy(
        update={
            "assignment": text,
            "dataset": report.dataset.model_copy(update={"class_names": (text, text)}),
            "metrics": report.metrics.model_copy(
                update={"holdout": holdout(mistakes=mistakes((0, 1, 2)))}
            ),
        }
    )

    found = page([report, graded("bob")], similar={"bob": [text[:200]]}, anonymous=anonymous)

    assert len(found.all("script")) == 1
    assert not [key for tag in found.tags for key in tag.attributes if key.startswith("on")]
    assert not found.all("img")
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in found.html
    assert all(href.startswith(("submissions/", "#", "similar.html")) for href in found.links())
    assert len(found.html) < 60_000


@pytest.mark.parametrize("id_", ["ada?b#c%20d&e", "../../etc", "javascript:alert(1)", "é ü"])
def test_links_name_the_folder_whatever_its_name(id_: str) -> None:
    (href,) = {href for href in page([graded(id_)]).links() if href.startswith("submissions/")}
    folder = href.removeprefix("submissions/").removesuffix("/report.html")
    assert unquote(folder) == id_
    assert re.fullmatch(r"[\w.~%-]+", folder, re.ASCII)


def test_no_script_but_ours_may_run_and_nothing_comes_from_elsewhere() -> None:
    import base64
    import hashlib

    found = page([graded("ada")])

    (script,) = found.all("script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    (policy,) = (
        tag.attributes["content"] for tag in found.all("meta") if "http-equiv" in tag.attributes
    )
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:|url\(|@import", found.html)


def test_urgent_reasons_stand_first_with_those_they_are_about() -> None:
    reports = [
        graded("ada", flags=["borderline", "late"]),
        graded("bob", flags=["replay-different", "needs-attention"]),
        ended("cy", Verdict.INTERNAL_ERROR, flags=["needs-attention"]),
        ended("dan", Verdict.REJECTED),
        graded("eve", flags=["budget-cut"]),
    ]

    html = page(reports, similar={"ada": ["eve"], "eve": ["ada"]}).html
    first = html.split('id="first"')[1].split("</section>")[0]

    marks = re.findall(r'data-value="([^"]+)"', first)
    assert marks == [
        "INTERNAL_ERROR", "replay-different", "similar", "borderline", "late", "budget-cut",
        "REJECTED",
    ]  # fmt: skip
    assert re.findall(r"<bdi>(\w+)", first) == [
        "cy",
        "bob",
        "ada",
        "eve",
        "ada",
        "ada",
        "eve",
        "dan",
    ]


def test_what_holds_for_everyone_names_nobody() -> None:
    html = page(
        [graded("ada", flags=["default-holdout"]), graded("bob", flags=["default-holdout"])]
    ).html
    first = html.split('id="first"')[1].split("</section>")[0]
    assert "default-holdout" in first
    assert "<bdi>" not in first


def test_those_who_are_alike_stand_together_known_here_or_not() -> None:
    similar = {"ada": ["bob"], "bob": ["ada", "eve"], "eve": ["bob"], "cy": ["last-year"]}
    found = page([graded(id_) for id_ in ("ada", "bob", "cy", "eve")], similar=similar)
    first = found.html.split('id="first"')[1].split("</section>")[0]
    groups = [
        re.findall(r"<bdi>([\w-]+)", group) for group in re.findall(r"<span>(.*?)</span>", first)
    ]
    assert groups == [["ada", "bob", "eve"], ["cy", "last-year"]]
    assert not [href for href in found.links() if "last-year" in href]
    assert "similar.html" in found.links()


def test_few_names_stand_for_many() -> None:
    reports = [graded(f"s{number:03}", flags=["late"]) for number in range(30)]
    html = page([*reports, graded("ada")]).html
    first = html.split('id="first"')[1].split("</section>")[0]
    assert first.count("<bdi>") == 12
    assert "and 18 more" in first


def test_nothing_to_look_into_is_said() -> None:
    assert "Nothing: no flags" in page([graded("ada")]).html


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("anonymous", [False, True])
def test_small_classes_have_a_page(count: int, *, anonymous: bool) -> None:
    reports = [graded(f"s{number}", criteria=[criterion("a", 5)]) for number in range(count)]
    assert page(reports, anonymous=anonymous).all("h1")


def test_a_class_without_any_grade_has_a_page() -> None:
    found = page([ended("ada", Verdict.INTERNAL_ERROR)])
    assert [row[0] for row in found.rows()] == ["ada"]
    assert not found.all("circle")


def test_each_network_is_a_point_that_leads_to_its_report() -> None:
    found = page(
        [graded("ada", metrics=holdout(0.9), used_s=12.34), ended("bob", Verdict.REJECTED)]
    )

    (point,) = found.all("circle")
    assert point.text == "ada: 0.9, 12.3 s"
    assert found.links().count("submissions/ada/report.html") == 2


def test_signs_that_are_confused_are_shown_with_their_pictures() -> None:
    report = graded("ada", metrics=holdout(class_counts=(10, 20), mistakes=mistakes((1, 0, 5))))
    signs = np.zeros((2, 48, 48, 3), np.uint8)

    with_pictures = Page(render_class_page([report], signs))
    without = page([report])

    (item,) = (tag for tag in with_pictures.all("li") if "read as" in tag.text)
    assert " ".join(item.text.split()) == "→ Yieldread as Stop 25.0 % of its images, by 1 of 1"
    assert [tag.attributes["href"] for tag in with_pictures.all("use")] == ["#sign-1", "#sign-0"]
    assert not without.all("use")


def test_criteria_are_summed_up() -> None:
    reports = [
        graded(str(number), criteria=[criterion("a", number), criterion("b", 10)])
        for number in range(11)
    ]
    first, second = page(reports).rows("Of 11 judged submissions")
    assert first[0] == "Criterion a 10 points"
    assert first[2:6] == ["5.00", "5.00", "1", "1"]
    assert second[-1] == MISSING


def test_a_thousand_submissions_are_a_small_file() -> None:
    reports = [
        graded(
            f"student-{number:04}", number / 10, name="Ada Lovelace", flags=["late", "borderline"]
        )
        for number in range(1000)
    ]
    assert len(render_class_page(reports, None).encode()) < 700_000


class TestAnonymous:
    REPORTS = (
        graded("ada", 91.5, name="Ada Lovelace", flags=["late", "borderline"], grade=81.5),
        graded("bob", 62.5, name="Bob Ross", metrics=holdout(0.7)),
        graded("cy", 62.5, name="Cy Young", metrics=holdout(0.6)),
        ended("dan", Verdict.REJECTED),
        ended("eve", Verdict.INTERNAL_ERROR, flags=["needs-attention"]),
    )

    def test_it_says_nothing_that_tells_who(self) -> None:
        found = page(self.REPORTS, similar={"ada": ["bob"]}, anonymous=True)

        assert not found.links()
        body = found.html.split("</style>")[1].split("<script>")[0]
        report = self.REPORTS[0]
        told = [
            "Ada", "Lovelace", "Bob", "Cy", "dan", "eve", "s001", "late", "borderline", "similar",
            "REJECTED", "81.5", report.submission.sha256, report.submission.origin,
            report.weights_sha256 or "", report.cache_key, report.rules_sha256, "data-",
        ]  # fmt: skip
        words = set(re.findall(r"[\w.-]+", body))
        assert not words & {*told}

    def test_the_best_stand_first_and_ties_go_by_macro_f1(self) -> None:
        rows = page(self.REPORTS, anonymous=True).rows("Names are dealt by chance")
        assert [(row[0], *row[2:4]) for row in rows] == [
            ("1", "91.50", "0.800"), ("2", "62.50", "0.700"), ("3", "62.50", "0.600"),
        ]  # fmt: skip

    def test_who_is_equal_shares_a_rank(self) -> None:
        reports = [graded(id_, score) for id_, score in zip("abcd", (50, 90, 50, 40), strict=True)]
        assert [one.rank for one in standings(reports)] == [1, 2, 2, 4]

    def test_who_is_not_listed_is_counted(self) -> None:
        assert "2 of 5 submissions are not listed" in page(self.REPORTS, anonymous=True).html

    def test_the_order_of_reports_shows_nowhere(self) -> None:
        forth = render_class_page(self.REPORTS, None, anonymous=True)
        back = render_class_page(self.REPORTS[::-1], None, anonymous=True)
        assert forth == back


def test_reports_in_any_order_make_the_same_page() -> None:
    reports = [
        graded("a", metrics=holdout(mistakes=mistakes((0, 1, 3)))),
        graded("b", metrics=holdout(mistakes=mistakes((0, 2, 3))), assignment="Another"),
        graded("c", flags=["late"], metrics=holdout(0.9, mistakes=mistakes((0, 3, 3)))),
    ]
    assert render_class_page(reports, None) == render_class_page(reports[::-1], None)


class TestPseudonyms:
    CLASS = tuple(graded(f"s{number}", cache_key=str(number)) for number in range(30))

    def test_the_same_class_has_the_same_names(self) -> None:
        assert pseudonyms(self.CLASS) == pseudonyms(self.CLASS[::-1])

    def test_no_two_are_equal_not_even_in_a_huge_class(self) -> None:
        many = [graded(f"s{number}") for number in range(3500)]
        names = pseudonyms(many)
        assert len(set(names.values())) == len(names) == 3500

    def test_whoever_lacks_one_submission_cannot_tell_the_names(self) -> None:
        with_all, lacking = pseudonyms(self.CLASS), pseudonyms(self.CLASS[:-1])
        assert sum(with_all[id_] == name for id_, name in lacking.items()) <= 2

    def test_another_training_of_one_deals_all_anew(self) -> None:
        changed = (self.CLASS[0].model_copy(update={"weights_sha256": "f" * 64}), *self.CLASS[1:])
        before, after = pseudonyms(self.CLASS), pseudonyms(changed)
        assert sum(before[id_] == after[id_] for id_ in before) <= 2


@pytest.mark.parametrize("high", [0.1, 1, 7, 14, 40, 61, 999, 1000])
def test_ticks_are_few_round_and_reach_the_end(high: float) -> None:
    found = ticks(0, high)
    assert 4 <= len(found) <= 7
    assert found[0] == 0
    assert found[-1] >= high


def test_counts_have_whole_ticks() -> None:
    assert ticks(0, 1, whole=True) == (0, 1)
    assert all(tick == int(tick) for tick in ticks(0, 12, whole=True))


@pytest.mark.parametrize("macro_f1", [0.0, 0.31, 0.5, 0.87, 0.999, 1.0])
def test_points_stand_inside_the_plot(macro_f1: float) -> None:
    drawn = scatter([Measured("ada", "", 55.0, macro_f1), Measured("bob", "", 0.0, 1.0)], 40.0)
    for point in drawn.points:
        assert 0 <= point.x <= 100
        assert 0 <= point.y <= 100
    assert all(0 <= tick.at <= 100 for tick in (*drawn.x_ticks, *drawn.y_ticks))
    assert drawn.y_ticks[-1].at == 0
