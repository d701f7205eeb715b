from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.copies import CopiedFile, HandIn, pack
from autograder.models import SourceFile
from autograder.pages.side_by_side import MAX_LINES, listing
from autograder.pages.similar_page import (
    MAX_CODE_ROWS,
    MAX_ROWS,
    PAGE_FILE,
    publish_similarity,
    render_similar_page,
    republish_similarity,
)
from autograder.reports.report import Report
from autograder.similarity import SHOWN, Lines, Pair, Passage, Similarity, Work, compare
from autograder.similarity_files import handed_out, read_similarity, read_works
from tests.sample_reports import GRADED, SUBMISSION, report
from tests.works import LIST, RESIDUAL, ROOT, SUBCLASS


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(key, value or "") for key, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, key: str) -> list[str]:
        return [value for name, value in self.attributes if name == key]


def source(text: str, origin: str = "submission.py") -> SourceFile:
    return SourceFile("submission.py", text, origin)


def work(id_: str, text: str, weights: str | None = None) -> Work:
    return Work(id_, id_, (source(text),), weights)


def report_of(id_: str, name: str = "") -> Report:
    return report(submission=replace(SUBMISSION, id=id_, student_id=id_, name=name))


def rendered(works: list[Work], names: dict[str, str] | None = None) -> str:
    reports = [report_of(work.id, (names or {}).get(work.id, work.id)) for work in works]
    return render_similar_page(compare(works), works, reports)


# --- the page -----------------------------------------------------------------------------------


def test_a_pair_stands_side_by_side_with_lines_and_passages() -> None:
    page = Page(rendered([work("a", LIST), work("b", LIST)], {"a": "Ada", "b": "Bob"}))
    assert page.text.count("RandomTranslation(0.1, 0.1)") == 2
    assert "They say the same, letter by letter." in page.text
    assert "Ada and Bob" in page.text
    assert {"submissions/a/report.html", "submissions/b/report.html"} <= set(page.values("href"))


def test_every_link_within_the_page_leads_somewhere_and_ids_are_unique() -> None:
    texts = {"a": LIST, "b": LIST, "c": SUBCLASS, "d": SUBCLASS + "\nx = 1"}
    page = Page(rendered([work(id_, text) for id_, text in texts.items()]))
    ids = page.values("id")
    targets = {value[1:] for value in page.values("href") if value.startswith("#")}
    assert len(targets) > 6
    assert targets <= set(ids)
    assert len(ids) == len(set(ids))


def test_nothing_alike_is_good_news() -> None:
    page = Page(rendered([work("a", LIST), work("b", RESIDUAL)]))
    assert "No two submissions are alike enough to look at." in page.text
    assert page.tags["table"] == 0


def test_an_empty_class_has_a_page() -> None:
    assert "submissions compared" in render_similar_page(Similarity(0, ()), [], [])


def test_the_page_says_that_it_is_a_question() -> None:
    text = Page(rendered([work("a", LIST), work("b", LIST)])).text
    assert "costs no points and proves nothing" in text


def test_equal_weights_of_other_code_are_told_apart_from_those_of_equal_code() -> None:
    other = Page(rendered([work("a", LIST, "f0"), work("b", RESIDUAL, "f0")])).text
    assert "do exactly the same" in other
    equal = Page(rendered([work("a", LIST, "f0"), work("b", LIST, "f0")])).text
    assert "which tells nothing more" in equal


EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe\u2066",
    "\x1b[31mred\x07",
    "x" * 10_000,
    "{{ 7 * 7 }}",
    "</td></table></details>",
]


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_names_and_code_are_shown_and_not_read(evil: str) -> None:
    harmless = Page(rendered([work("a", LIST), work("b", LIST + "\n# x\n")], {"a": "x", "b": "y"}))
    code = f'{LIST}\n"""{evil}"""\n# {evil}\n'
    files = (source(code, evil),)
    works = [Work("a", "a", files), work("b", LIST + "\nx = 1\n")]
    html = rendered(works, {"a": evil, "b": evil})
    page = Page(html)
    assert page.tags.keys() == harmless.tags.keys()
    assert page.tags["script"] == page.tags["img"] == 0
    assert not {key for key, _ in page.attributes if key.startswith("on")}
    assert "{{ 7 * 7 }}" in html or evil != "{{ 7 * 7 }}"
    assert not set("\x1b\x07\u202e\u2066") & set(html)
    assert len(html) < 40_000


def test_the_page_needs_nothing_else_and_no_script() -> None:
    html = rendered([work("a", LIST), work("b", LIST)])
    page = Page(html)
    assert not page.tags.keys() & {"script", "link", "img", "iframe", "object", "form"}
    assert "url(" not in html
    assert "@import" not in html
    assert not [href for href in page.values("href") if "//" in href]
    assert page.tags["h1"] == 1


def test_a_page_of_many_long_pairs_ends() -> None:
    line = "x = '" + "<" * 300 + "'\n"
    works = [work(f"s{number}", line * 5000) for number in range(4)]
    lines = Lines(0, 1, 5000)
    passages = (Passage(lines, lines),) * 3
    pair = Pair("s0", "s1", 1, 1, 1, same_text=False, same_weights=False, passages=passages)
    similarity = Similarity(4, (pair,) * (MAX_ROWS + 7), left_out=3)
    html = render_similar_page(similarity, works, [report_of(work.id) for work in works])
    shown = math.ceil(MAX_CODE_ROWS / (2 * (MAX_LINES + 1)))
    assert html.count("<details") == shown < SHOWN
    assert html.count("<tr") < MAX_ROWS + MAX_CODE_ROWS + 1000
    assert len(html) < 12_000_000
    assert "10 pairs more" in html


def test_behind_the_first_pairs_there_is_no_code() -> None:
    pair = Pair("a", "b", 1, 1, 1, same_text=False, same_weights=False)
    works = [work("a", LIST), work("b", LIST)]
    html = render_similar_page(Similarity(2, (pair,) * (SHOWN + 1)), works, [])
    assert html.count("<details") == SHOWN
    assert "The first 50 pairs." in html


# --- listings -----------------------------------------------------------------------------------


def test_a_listing_leaves_out_what_is_far_from_anything_alike() -> None:
    text = "\n".join(f"line_{number}" for number in range(1, 101))
    rows = listing([source(text)], [Lines(0, 50, 51)])
    assert [row.number for row in rows if row.kind == "code"] == [str(n) for n in range(47, 55)]
    assert [row.text for row in rows if row.kind == "gap"] == ["46 lines left out"] * 2
    assert [row.number for row in rows if row.passage] == ["50", "51"]
    assert [row.number for row in rows if row.opens] == ["50"]


def test_a_listing_without_anything_alike_shows_all_up_to_its_end() -> None:
    rows = listing([source("x\n" * 1000)], [])
    assert len(rows) == MAX_LINES + 1
    assert rows[-1].text == "the rest is left out here"


def test_a_listing_without_end_takes_no_time() -> None:
    text = "\n".join(["x" * 10] * 12_000)
    everywhere = [Lines(0, number, 12_000) for number in range(1, 41)]
    begin = time.process_time()
    rows = [listing([source(text)], everywhere) for _ in range(20)]
    assert time.process_time() - begin < 5  # some 0.3 s
    assert {len(one) for one in rows} == {MAX_LINES + 1}


def test_a_notebook_is_numbered_by_cell_and_line() -> None:
    notebook = SourceFile("m.py", "a\nb\n\nc", "work.ipynb", ((1, 1), (1, 2), (1, 2), (3, 1)))
    assert [row.number for row in listing([notebook], [])] == ["1:1", "1:2", "1:2", "3:1"]


def test_several_files_have_headings() -> None:
    rows = listing([source("a", "one.py"), source("b", "two\u202e.py")], [Lines(1, 1, 1)])
    assert [(row.kind, row.text) for row in rows] == [
        ("file", "one.py"),
        ("code", "a"),
        ("file", "two\N{REPLACEMENT CHARACTER}.py"),
        ("code", "b"),
    ]
    assert rows[3].passage == 1


def test_odd_line_ends_do_not_shift_lines() -> None:
    rows = listing([source("a\x0c\x0bb\u2028c\n\td")], [Lines(0, 2, 2)])
    assert [row.number for row in rows] == ["1", "2"]
    assert rows[1].text == "    d"
    assert not set(rows[0].text) & set("\x0c\x0b\u2028\n")


# --- from a folder of results -------------------------------------------------------------------


def results(out: Path, texts: dict[str, str]) -> list[Report]:
    reports: list[Report] = []
    for id_, text in texts.items():
        folder = out / "submissions" / id_
        folder.mkdir(parents=True)
        file = CopiedFile("submission.py", "submission.py", text.encode())
        (folder / "submission.zip").write_bytes(pack(HandIn((file,))))
        outcome = replace(GRADED, weights_sha256=f"{len(reports):064x}")
        named = replace(SUBMISSION, id=id_, student_id=id_, name="")
        reports.append(report(outcome, named))
    return reports


def test_results_are_compared_from_the_copies_in_them(tmp_path: Path) -> None:
    reports = results(tmp_path, {"a": LIST, "b": RESIDUAL, "c": LIST})
    similarity = publish_similarity(tmp_path, reports, ROOT)
    assert similarity.flags == {"a": ("c",), "c": ("a",)}
    assert read_similarity(tmp_path) == similarity
    assert "letter by letter" in (tmp_path / PAGE_FILE).read_text("utf-8")


def test_publishing_again_writes_the_same_bytes(tmp_path: Path) -> None:
    reports = results(tmp_path, {"a": LIST, "c": LIST})
    publish_similarity(tmp_path, reports, ROOT)
    names = (PAGE_FILE, "similarity.json")
    before = [(tmp_path / name).read_bytes() for name in names]
    publish_similarity(tmp_path, reports, ROOT)
    assert [(tmp_path / name).read_bytes() for name in names] == before


def test_pages_drawn_again_compare_only_another_class(tmp_path: Path) -> None:
    reports = results(tmp_path, {"a": LIST, "b": RESIDUAL, "c": LIST})
    similarity = publish_similarity(tmp_path, reports, ROOT)
    for report_ in reports:
        (tmp_path / "submissions" / report_.submission.id / "submission.zip").unlink()
    assert republish_similarity(tmp_path, reports[::-1], ROOT) == similarity
    fewer = republish_similarity(tmp_path, reports[:2], ROOT)
    assert fewer.compared == 2
    assert read_similarity(tmp_path) == fewer


def test_a_lost_or_damaged_copy_leaves_the_weights_to_compare(tmp_path: Path) -> None:
    reports = results(tmp_path, {"a": LIST, "b": LIST, "c": LIST})
    (tmp_path / "submissions/a/submission.zip").unlink()
    (tmp_path / "submissions/b/submission.zip").write_bytes(b"PK no more")
    works = read_works(tmp_path, reports)
    assert [len(work.files) for work in works] == [0, 0, 1]
    assert works[0].weights_sha256 == reports[0].weights_sha256
    twins = [replace(work, weights_sha256="f0") for work in works[:2]]
    html = render_similar_page(compare(twins), twins, reports)
    assert "no copy of it lies beside its report" in html


def test_no_stored_similarity_and_a_damaged_one_are_none(tmp_path: Path) -> None:
    assert read_similarity(tmp_path) is None
    (tmp_path / "similarity.json").write_text('{"compared": 3, "pairs": [7]}')
    assert read_similarity(tmp_path) is None


def test_what_is_handed_out_is_all_python_below_assignment(tmp_path: Path) -> None:
    assert handed_out(tmp_path) == ()
    (tmp_path / "assignment/examples").mkdir(parents=True)
    (tmp_path / "assignment/submission.py").write_text("x = 1\n")
    (tmp_path / "assignment/README.md").write_text("Read me")
    (tmp_path / "assignment/broken.ipynb").write_text("{")
    (tmp_path / "assignment/examples/lecture.py").write_text("y = 2\n")
    assert [file.text for file in handed_out(tmp_path)] == ["y = 2\n", "x = 1\n"]
    assert {file.origin for file in handed_out(ROOT)} >= {"submission.py", "submission.ipynb"}
