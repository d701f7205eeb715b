"""Pages and files for others, from reports and pictures that anybody may have edited."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path, PurePosixPath
from random import Random
from xml.etree import ElementTree as ET

import pandas as pd
import pydantic_core
from hypothesis import strategies as st

from autograder.archives import Archive, open_archive
from autograder.ci.github import (
    SUMMARY_BYTES,
    classroom_result,
    render_annotations,
    render_summary,
)
from autograder.ci.gradescope import render_results
from autograder.ci.junit import render_junit
from autograder.errors import ResultsError
from autograder.gradebooks.csv_file import parse_csv
from autograder.gradebooks.feedback import FeedbackZip, feedback_zip
from autograder.gradebooks.formats import FORMATS
from autograder.gradebooks.matching import graded_by, match
from autograder.gradebooks.sheet import understand
from autograder.gradebooks.tables import write_table
from autograder.models import SourceFile
from autograder.pages.class_page import render_class_page
from autograder.pages.publish import Publisher, _page
from autograder.pages.similar_page import render_similar_page
from autograder.reports.report import Report
from autograder.similarity import Similarity, Work, compare
from autograder.similarity_files import FILE_NAME, read_similarity
from tests.conftest import TINY
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bend_text, bent_bytes, bent_json, grown, texts
from tests.fuzz.shown import assert_inert, assert_no_markup_of_others
from tests.fuzz.test_reports import WORDS, odd_reports
from tests.fuzz.test_stored import ARRAYS, SIGNS, npz_files
from tests.gradebook_samples import EXPORTS, of
from tests.page_evidence import evidence
from tests.sample_reports import REJECTED, report
from tests.test_student_page import complete_report

WHOLE = complete_report().to_json().encode()
COMPLETE = json.loads(WHOLE)
PICTURES = SIGNS["signs"]
LOG = (b"<script>", b"</pre>", b"\x1b[2J", b"\xe2\x80\xae", b"\r", b"x" * 120_000, b"::error::x")


def reports() -> st.SearchStrategy[bytes]:
    return bent_json(COMPLETE, WORDS)


@fuzz(
    st.tuples(
        st.just(WHOLE) | reports(),
        st.just(evidence().to_npz()) | npz_files(ARRAYS),
        bent_bytes(b"Epoch 1\n" * 9, LOG),
    ),
    raises=(ResultsError,),
    share=0.2,
)
def test_page_of_a_student(hostile: tuple[bytes, bytes, bytes], folder: Path) -> str:
    place = folder / "ada"
    place.mkdir(exist_ok=True)
    names = ("report.json", "evidence.npz", "job.log")
    for name, data in zip(names, hostile, strict=True):
        (place / name).write_bytes(data)

    page = _page(Publisher(PICTURES), place).decode()

    assert_no_markup_of_others(page)
    return page


@fuzz(st.lists(st.just(WHOLE) | reports(), min_size=1, max_size=3), raises=(ValueError,), share=0.2)
def test_page_of_a_class(hostile: list[bytes]) -> str:
    class_ = [Report.from_json(data.decode()) for data in hostile]
    similar = {one.submission.id: [one.submission.name, "x"] for one in class_}

    page = render_class_page([*class_, report(REJECTED)], PICTURES, similar=similar)
    anonymous = render_class_page(class_, None, anonymous=True)

    for html in (page, anonymous):
        assert_no_markup_of_others(html)
    return page


def typed(data: bytes) -> Report | None:
    try:
        return Report.from_json(data.decode())
    except ValueError:
        return None


@fuzz(odd_reports() | reports().map(typed), share=0.5)
def test_files_of_ci_systems(hostile: Report | None) -> Report | None:
    if hostile is None:
        return None
    class_ = [hostile, report(REJECTED)]

    suites = ET.fromstring(render_junit(class_))
    assert len(suites) == len(class_)
    for detail in ("visible", "after_due_date"):
        json.loads(render_results(hostile, detail), parse_constant=_refuse)
    document = json.loads(base64.b64decode(classroom_result(hostile)), parse_constant=_refuse)
    assert document["tests"]
    for line in render_annotations(hostile, PurePosixPath("ada")):
        assert line.startswith("::error ")
        assert line.isprintable()
    assert_inert(render_summary([hostile]))
    assert len(render_summary(class_).encode()) < SUMMARY_BYTES + 10_000
    return hostile


def _refuse(constant: str) -> None:
    raise AssertionError(f"not JSON: {constant}")


WORKS = tuple(
    Work(name, name, (SourceFile("submission.py", TINY + "\n" + TINY, "submission.py"),), "a" * 64)
    for name in ("ada", "bo")
)
SIMILARITY = json.loads(pydantic_core.to_json(compare(WORKS)))


@fuzz(st.tuples(bent_json(SIMILARITY, ("ada", "bo", 0, 1)), texts()), share=0.5)
def test_comparison(hostile: tuple[bytes, str], folder: Path) -> Similarity | None:
    data, name = hostile
    (folder / FILE_NAME).write_bytes(data)
    named = report()
    named = named.model_copy(
        update={"submission": named.submission.model_copy(update={"name": name})}
    )

    found = read_similarity(folder)

    if found is not None:
        assert_no_markup_of_others(render_similar_page(found, WORKS, [named]))
    return found


EXPORT = {
    name: parse_csv(EXPORTS[name][0].encode(), Path("x.csv")) for name in ("canvas", "moodle")
}
SHEETS = {
    name: understand(file, FORMATS[name], column=EXPORTS[name][2], assignment="Road signs 1")
    for name, file in EXPORT.items()
}
ORIGINS = ("s001", "9001_77_hw.py", "lovelaceada_9001_77_hw.py", "_", "..", "/", "LATE_")


def _origin(random: Random, changes: int) -> str:
    start = random.choice(["lovelaceada_9001_77_hw.py", "Ada L_701_assignsubmission_file_", "x"])
    return bend_text(random, start, ORIGINS, changes)


@fuzz(st.tuples(st.sampled_from(sorted(SHEETS)), grown(_origin), texts()), share=0.5)
def test_feedback_in_bulk(hostile: tuple[str, str, str], folder: Path) -> FeedbackZip | None:
    """What is handed back can be unpacked safely, whatever was handed in was called."""
    name, origin, who = hostile
    whole = of("s001", name=who, id_="ada")
    named = whole.submission.model_copy(update={"origin": origin})
    one = whole.model_copy(update={"submission": named})
    place = folder / "submissions" / "ada"
    place.mkdir(parents=True, exist_ok=True)
    (place / "feedback.md").write_bytes(b"x")
    sheet = SHEETS[name]
    matching = match(sheet, graded_by(one), by_name=False)

    packed = feedback_zip([one], matching, folder, FORMATS[name])

    archive = open_archive(io.BytesIO(packed.content), "feedback.zip")
    assert isinstance(archive, Archive), archive
    assert len(archive.files) == packed.count
    return packed if packed.count else None


@fuzz(st.lists(odd_reports() | reports().map(typed), min_size=1, max_size=3), share=0.2)
def test_table_of_a_class(hostile: list[Report | None], folder: Path) -> int | None:
    class_ = [one for one in hostile if one is not None]
    count = write_table(class_, folder / "class.csv")
    assert write_table(class_, folder / "class.xlsx") == count

    table = pd.read_csv(folder / "class.csv", dtype=str, keep_default_na=False)
    assert len(table) == count
    for cell in [*table.columns, *table.to_numpy().flat]:
        assert not str(cell).startswith(("=", "+", "@", "\t", "\r")), cell
    return count or None
