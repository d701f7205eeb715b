"""A class of people whose names were made to hurt whoever reads of them, on a CI service.

Names come from a class list, and there from what people call themselves. Everything that is written
about such a class is looked at the way its readers do: spreadsheets, browsers, terminals, CI
services. None of it runs anything, so nothing is graded here but what is no Python.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from autograder.cli import run
from tests.fuzz.shown import assert_inert, assert_no_markup_of_others

ROOT = Path(__file__).parent.parent.parent
NAMES = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    '@SUM(1+1)*cmd|"x"',
    'Ada;=HYPERLINK("http://evil.example")',
    "\t=1",
    "Bo\n=1+1",
    "\N{FULLWIDTH EQUALS SIGN}1+1",
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "::error file=grading.yaml::forged",
    "a\n::set-output name=score::100\r::error::x",
    "%0A::error::x",
    "##[error]x ##vso[task.complete result=Succeeded]",
    "##teamcity[buildStatus status='SUCCESS']",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b1m",
    "\u202egnp.exe\u2066\u200b",
    "{{ 7 * 7 }}{% raw %}",
    "[x](javascript:alert(1)) ![y](http://evil.example/y.png)",
    "@everyone #12 http://evil.example",
    "]]></failure><testcase name='x'/>",
    "</summary></details><details open>",
    "../../../etc/passwd",
    "e" + "\u0301" * 5000,
    "a" * 100_000,
)
# What a person could have handed in, or been told about: no Python, in files with such names.
BROKEN = "def f(:  # <script>alert(1)</script> ::error::x ##vso[x]y\n"
FORMULA = ("=", "+", "-", "@")
NUMBER = re.compile(r"-?[0-9.]+")
COMMAND = re.compile(r"^\s*(?:::|##)\w+|##\w*\[", re.MULTILINE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Written:
    """What came of the class."""

    results: Path
    summary: str
    printed: str

    def pages(self) -> dict[str, str]:
        found = sorted(self.results.rglob("*.html"))
        return {str(path.relative_to(self.results)): path.read_text("utf-8") for path in found}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("names")
    for number, _ in enumerate(NAMES):
        (folder / "class" / f"s{number}").mkdir(parents=True)
        (folder / "class" / f"s{number}" / "submission.py").write_text(BROKEN)
        (folder / "class" / f"s{number}" / "::error::x <b> =1.py").write_text(BROKEN)
    rows = [(f"s{number}", name, name) for number, name in enumerate(NAMES)]
    table = pd.DataFrame(rows, columns=["submission_id", "student_id", "name"])
    # One id for two would make both nobody's: of the very long, the number stands in front.
    table["student_id"] = [f"{one[:1]}{number}{one[1:]}" for number, one in enumerate(NAMES)]
    table.to_csv(folder / "roster.csv", index=False)
    arguments = ["grade", "class", "--out", "out", "--roster", "roster.csv", "--no-sandbox"]
    arguments += ["--config", str(ROOT / "tests" / "tiny.yaml"), "--ci", "github"]
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_CACHE", str(folder / "cache"))
        patch.setenv("GITHUB_ACTIONS", "true")
        patch.setenv("GITHUB_WORKSPACE", str(folder))
        patch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
        patch.setenv("COLUMNS", "200")
        patch.setattr("sys.stdout", printed)
        patch.chdir(folder)
        assert run(arguments) == 0
    summary = (folder / "summary.md").read_text("utf-8")
    return Written(folder / "out", summary, printed.getvalue())


def rows_of(path: Path, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline=""), delimiter=separator))


def test_everybody_is_in_the_gradebook_by_name(written: Written) -> None:
    rows = rows_of(written.results / "gradebook.csv")
    assert len(rows) == 1 + len(NAMES)
    names = {row[0]: row[2] for row in rows[1:]}
    assert all(names[f"s{number}"] for number in range(len(NAMES)))
    assert {row[3] for row in rows[1:]} == {"REJECTED"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_the_gradebook_is_a_formula(written: Written, separator: str) -> None:
    for row in rows_of(written.results / "gradebook.csv", separator):
        for cell in row:
            plain = unicodedata.normalize("NFKC", cell.strip())
            assert not plain.startswith(FORMULA) or NUMBER.fullmatch(plain), cell


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_cell_of_a_table_is_a_formula(written: Written, suffix: str, tmp_path: Path) -> None:
    out = tmp_path / f"class{suffix}"
    assert run(["gradebook", str(written.results), "--format", "generic", "--out", str(out)]) == 0
    if suffix == ".csv":
        cells = [cell for row in rows_of(out) for cell in row]
    else:
        cells = [str(cell) for cell in pd.read_excel(out, dtype=str).to_numpy().ravel()]
    assert len(cells) > 10 * len(NAMES)
    assert not [cell for cell in cells if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell)]


def test_no_page_holds_anybody_elses_markup(written: Written) -> None:
    pages = written.pages()
    assert {"index.html", "similar.html"} <= {*pages}
    assert len(pages) == 2 + len(NAMES)
    for name, page in pages.items():
        assert not CONTROL.search(page), name
        found = BeautifulSoup(page, "html.parser")
        assert not found.find_all(lambda tag: any(key.startswith("on") for key in tag.attrs)), name
        assert not [tag for tag in found.find_all("img") if not str(tag["src"]).startswith("data:")]
        if name != "similar.html":
            assert_no_markup_of_others(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["index.html"]


def test_what_students_are_told_is_text(written: Written) -> None:
    for path in written.results.glob("submissions/*/feedback.md"):
        assert_inert(path.read_text("utf-8"))


def test_the_summary_is_text(written: Written) -> None:
    html = MarkdownIt("gfm-like", {"linkify": False}).render(written.summary)
    tags = {tag.name for tag in BeautifulSoup(html, "html.parser").find_all()}
    assert not tags & {"script", "img", "a", "b", "iframe", "testcase"}
    assert html.count("<details>") == html.count("</details>") == len(NAMES)
    assert not COMMAND.search(written.summary)
    assert not CONTROL.search(written.summary)


def test_the_only_commands_are_our_annotations(written: Written) -> None:
    lines = written.printed.splitlines()
    ours = [line for line in lines if line.startswith("::error file=class/s")]
    assert len(ours) == 10
    assert all(line.count("::") == 2 and not CONTROL.search(line) for line in ours)
    others = "\n".join(line for line in lines if line not in ours)
    assert not COMMAND.search(others)
    assert not CONTROL.search(others)


def test_junit_is_whole_and_holds_no_command(written: Written) -> None:
    text = (written.results / "junit.xml").read_text("utf-8")
    root = ET.fromstring(text)
    assert root.attrib["tests"] == str(len(NAMES)) == str(len(root.findall(".//testcase")))
    assert not COMMAND.search(text)
    assert "::" not in text
    assert not CONTROL.search(text)


def test_files_have_names_of_our_own(written: Written) -> None:
    folders = {path.name for path in (written.results / "submissions").iterdir()}
    assert folders == {f"s{number}" for number in range(len(NAMES))}
    for path in written.results.glob("submissions/*/submission.zip"):
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if name.startswith(("/", "."))]
