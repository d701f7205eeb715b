from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import classification_report

from autograder.cli import run
from autograder.errors import DatasetError, IntakeError
from autograder.models import Verdict
from autograder.predictions_only import Scale, TeamResult, find_files, grade_file, load_answers

CLASSES = 43
ANSWERS = tuple(range(CLASSES)) * 3
COURSE = Path(__file__).parents[2] / "shared" / "course-sample"


def graded(
    tmp_path: Path, content: str | bytes, answers: tuple[int, ...] = ANSWERS, classes: int = CLASSES
) -> TeamResult:
    file = tmp_path / "team8-module5-predictions.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return grade_file(file, answers, classes, Scale())


def written(predictions: object, heading: str = "predictions") -> str:
    return pd.DataFrame({heading: predictions}).to_csv(index=False)


def of_the_course(predictions: Path, answers: Path) -> tuple[float, float]:
    """Return macro-F1 and the grade, by the notebook's own steps."""
    submitted, targets = pd.read_csv(predictions), pd.read_csv(answers)
    assert submitted.shape == targets.shape
    report = classification_report(submitted, targets, output_dict=True, zero_division=0)
    macro_f1 = report["macro avg"]["f1-score"]
    if macro_f1 > 0.91:
        return macro_f1, 100
    if macro_f1 < 0.79:
        return macro_f1, 0
    return macro_f1, (macro_f1 - 0.79) / (0.91 - 0.79) * 100


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.3), st.integers(2, CLASSES))
def test_macro_f1_and_grade_are_the_courses(
    tmp_path_factory: pytest.TempPathFactory, seed: int, wrong: float, classes: int
) -> None:
    random = np.random.default_rng(seed)
    answers = random.integers(0, classes, 200)
    # Some are of classes that no answer has.
    guesses = random.integers(0, CLASSES, 200)
    predictions = np.where(random.random(200) < wrong, guesses, answers)
    folder = tmp_path_factory.mktemp("course")
    (folder / "answers.csv").write_text(written(answers, "ClassId"))
    (folder / "t1-predictions.csv").write_text(written(predictions))
    macro_f1, grade = of_the_course(folder / "t1-predictions.csv", folder / "answers.csv")
    found = grade_file(
        folder / "t1-predictions.csv",
        load_answers(folder / "answers.csv", CLASSES), CLASSES, Scale(),
    )  # fmt: skip
    assert found.verdict is Verdict.GRADED
    assert found.macro_f1 == pytest.approx(macro_f1, abs=1e-12)
    assert found.grade == pytest.approx(grade, abs=1e-9)


@pytest.mark.parametrize(
    ("macro_f1", "grade"),
    [
        (0.78, 0),
        (0.79, 0),
        (0.85, 50),
        (0.8248839666688571, 29.0699722240476),
        (0.91, 100),
        (1, 100),
    ],
)
def test_the_grade_is_linear_between_the_limits(macro_f1: float, grade: float) -> None:
    assert Scale().grade(macro_f1) == pytest.approx(grade, abs=1e-9)


def test_a_class_that_nobody_has_does_not_count(tmp_path: Path) -> None:
    assert graded(tmp_path, written([1, 2, 3]), (1, 2, 3)).macro_f1 == 1
    assert graded(tmp_path, written([1, 2, 4]), (1, 2, 3)).macro_f1 == 0.5


def test_accuracy_and_wrong_ones_are_counted(tmp_path: Path) -> None:
    found = graded(tmp_path, written([0, *ANSWERS[1:-1], 0]))
    assert (found.team, found.wrong) == ("team8", 1)
    assert found.accuracy == 128 / 129


@pytest.mark.parametrize(
    "content",
    [
        "predictions\r\n1\r\n2\r\n3",
        "predictions\n\n1\n2\n3\n\n\n",
        '"predictions"\n"1"\n"2"\n"3"\n',
        "predictions\n1.0\n 2.0\n3e0\n",
        b"\xef\xbb\xbfpredictions\n1\n2\n3\n",
        "\ufeffpredictions\n1\n2\n3\n".encode("utf-16-le"),
    ],
)
def test_what_pandas_reads_alike_is_graded_alike(content: str | bytes, tmp_path: Path) -> None:
    found = graded(tmp_path, content, (1, 2, 3))
    assert (found.verdict, found.grade, found.findings) == (Verdict.GRADED, 100, ())


@pytest.mark.parametrize("heading", ["0", "Predictions", "ClassId", "\x1b[31m"])
def test_another_heading_is_graded_and_told(heading: str, tmp_path: Path) -> None:
    found = graded(tmp_path, written([1, 2, 3], heading), (1, 2, 3))
    assert (found.verdict, found.grade) == (Verdict.GRADED, 100)
    assert [finding.rule for finding in found.findings] == ["other-heading"]
    assert "\x1b" not in str(found.findings[0])


@pytest.mark.parametrize(
    ("content", "rule", "words"),
    [
        ("predictions\n1\n2\n", "wrong-length", "should be 3 .* are 2: 1 are missing"),
        ("predictions\n1\n2\n3\n4\n", "wrong-length", "are 4: 1 are too many"),
        ("", "wrong-length", "there are 0: 3 are missing"),
        ("predictions\n", "wrong-length", "there are 0"),
        ("1\n2\n3\n", "missing-header", "the first line should say predictions"),
        (",predictions\n0,1\n1,2\n2,3\n", "extra-columns", "index=False"),
        ("Filename,predictions\na,1\nb,2\nc,3\n", "extra-columns", "there are 2"),
        ("predictions\n1\n2,2\n3\n", "extra-columns", "line 3"),
        (f"{',' * 42}\n", "wrong-length", "there are 0"),
        (f"{'0.1,' * 42}0.1\n", "extra-columns", "argmax"),
        ("predictions\n1\nStop\n3\n", "strings", "line 3 says “Stop”"),
        ("predictions\n1\n2.5\n3\n", "strings", "“2.5”"),
        ("predictions\n1\nnan\n3\n", "strings", "“nan”"),
        ("predictions\n1\n1_0\n3\n", "strings", "“1_0”"),
        ("predictions\n1\n2\n1e999\n", "strings", "“1e999”"),
        ("predictions\n1\n43\n3\n", "wrong-ids", "from 0 to 42, but line 3 says “43”"),
        ("predictions\n-1\n2\n3\n", "wrong-ids", "“-1”"),
        (b"PK\x03\x04\xff\xfe", "unreadable", "not a table"),
        (b"\xff\xfea", "unreadable", "not a table"),
        ('predictions\n"1\n2\n3\n', "unreadable", "not a table"),
    ],
)
def test_what_cannot_be_graded_gets_a_verdict_that_says_why(
    content: str | bytes, rule: str, words: str, tmp_path: Path
) -> None:
    found = graded(tmp_path, content, (1, 2, 3))
    assert (found.verdict, found.grade, found.macro_f1) == (Verdict.INVALID_OUTPUT, 0, None)
    [finding] = found.findings
    assert finding.rule == rule
    assert re.search(words, f"{finding} {finding.hint}", re.IGNORECASE)


def test_of_many_wrong_lines_a_few_are_shown(tmp_path: Path) -> None:
    [finding] = graded(tmp_path, written(["Stop"] * 129)).findings
    assert finding.message.endswith("line 4 says “Stop”, and 126 more are like that.")


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_are_our_fault(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "t-predictions.csv"
    for start in (b"", b"predictions\n1\n"):
        file.write_bytes(start + data)
        assert grade_file(file, (1, 2), CLASSES, Scale()).file == file.name


# --- answers and files --------------------------------------------------------------------------


def answers_of(tmp_path: Path, content: str) -> tuple[int, ...]:
    (tmp_path / "answers.csv").write_text(content, encoding="utf-8")
    return load_answers(tmp_path / "answers.csv", CLASSES)


def test_answers_are_in_the_order_of_the_file_names(tmp_path: Path) -> None:
    assert answers_of(tmp_path, "Filename,ClassId\n00002.jpg,7\n00000.jpg,5\n00001.jpg,6\n") == (
        5, 6, 7,
    )  # fmt: skip
    assert answers_of(tmp_path, "ClassId,Filename\n7,b\n5,a\n") == (5, 7)
    assert answers_of(tmp_path, "anything\n7\n5\n") == (7, 5)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "expected the columns Filename and ClassId.* found nothing"),
        ("a,b,c\n1,2,3\n", "found a, b, c"),
        ("ClassId\n", "no answers"),
        ("ClassId\n1\n43\n", r"csv:3: no class id in 0\.\.42"),
        ("Filename,ClassId\na,1\nb\n", "csv:3: no class id"),
        ("Filename,ClassId\na,1\na,2\n", "twice"),
    ],
)
def test_answers_that_are_none_are_refused(content: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=fault):
        answers_of(tmp_path, content)


def test_missing_answers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        load_answers(tmp_path / "answers.csv", CLASSES)


def test_a_folder_gives_its_files_of_predictions(tmp_path: Path) -> None:
    for name in ("b-predictions.csv", "a-m5-predictions.csv", "answers.csv", "notes.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in find_files([tmp_path, tmp_path / "b-predictions.csv"])] == [
        "a-m5-predictions.csv", "b-predictions.csv",
    ]  # fmt: skip


def test_a_team_has_one_file(tmp_path: Path) -> None:
    for name in ("t1-a-predictions.csv", "t1-b-predictions.csv"):
        (tmp_path / name).touch()
    with pytest.raises(IntakeError, match=r"t1: has two files: .*t1-a.* and .*t1-b"):
        find_files([tmp_path])


def test_nothing_to_grade_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no file named"):
        find_files([tmp_path])


# --- the command --------------------------------------------------------------------------------


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "answers.csv").write_text("ClassId\n1\n2\n3\n")
    (tmp_path / "good-predictions.csv").write_text("predictions\n1\n2\n3\n")
    (tmp_path / "=1+1-predictions.csv").write_text("predictions\n1\nStop\n3\n")
    words = ["grade-predictions", str(tmp_path), "--answers", str(tmp_path / "answers.csv")]
    assert run([*words, "-o", str(tmp_path / "grades.csv")]) == 1
    shown = capsys.readouterr().out
    assert re.search(r"good .* GRADED .* 1\.0000 .* 1\.0000 .* 0 .* 100\.00", shown)
    assert "line 3: Predictions are class numbers, but line 3 says “Stop”" in shown
    with (tmp_path / "grades.csv").open(newline="", encoding="utf-8") as file:
        good, bad = csv.DictReader(file)
    assert (good["team"], good["grade"], good["macro_f1"]) == ("good", "100.0", "1.0")
    assert (bad["team"], bad["verdict"], bad["grade"]) == ("'=1+1", "INVALID_OUTPUT", "0.0")
    assert bad["macro_f1"] == ""
    (tmp_path / "=1+1-predictions.csv").unlink()
    assert run(words) == 0


def test_limits_the_wrong_way_round_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["grade-predictions", str(tmp_path), "--answers", "a.csv", "--zero-below", "0.95"]
    assert run(words) == 2
    assert "--zero-below has to be smaller" in capsys.readouterr().err


@pytest.mark.skipif(not COURSE.is_dir(), reason=f"the course's own sample is not at {COURSE}")
def test_the_courses_own_answers(tmp_path: Path) -> None:
    path = COURSE / "mini_holdout_answers.csv"
    answers = load_answers(path, CLASSES)
    with zipfile.ZipFile(COURSE / "mini_holdout.zip") as archive:
        images = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
    assert len(answers) == len(images)
    class_ids = pd.read_csv(path)["ClassId"]
    assert graded(tmp_path, written(class_ids), answers).grade == 100
    some = class_ids.where(class_ids.index % 6 != 0, 13)
    (tmp_path / "answers.csv").write_text(written(class_ids))
    found = graded(tmp_path, written(some), answers)
    expected = of_the_course(tmp_path / found.file, tmp_path / "answers.csv")
    assert 0 < found.grade < 100
    assert (found.macro_f1, found.grade) == pytest.approx(expected, abs=1e-9)
