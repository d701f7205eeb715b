"""The course's older way: a file of predictions for each team, graded by macro-F1 alone.

A file has one column headed ``predictions`` and one row for each holdout image, in the order of
the images' file names. What such a file is worth is what scikit-learn's ``classification_report``
says: the mean of F1 over the classes that occur in the answers or in the predictions.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import DatasetError, IntakeError
from autograder.models import Finding, Location, Verdict
from autograder.names import printable

_HEADING = "predictions"
_ENDING = "-predictions.csv"
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,3})?")
_MOST_BYTES = 16 << 20
_SHOWN = 3
_INDEX_HINT = "Write it with to_csv(..., index=False)."


@dataclass(frozen=True)
class Scale:
    """How macro-F1 becomes a grade from 0 to 100.

    Attributes:
        zero_below: Less than this gives nothing.
        full_above: More than this gives everything; in between it is linear.
    """

    zero_below: float = 0.79
    full_above: float = 0.91

    def grade(self, macro_f1: float) -> float:
        """Return the grade, unrounded."""
        if macro_f1 > self.full_above:
            return 100.0
        if macro_f1 < self.zero_below:
            return 0.0
        return (macro_f1 - self.zero_below) / (self.full_above - self.zero_below) * 100


@dataclass(frozen=True)
class TeamResult:
    """What a team's file came to.

    Attributes:
        team: The file's name down to the first hyphen.
        file: Name of the file.
        verdict: GRADED or INVALID_OUTPUT.
        grade: 0 to 100, unrounded; 0 unless GRADED.
        macro_f1: None unless GRADED.
        accuracy: The same.
        wrong: Images taken for something else; the same.
        findings: Why it could not be graded; if it could, what was amiss all the same.
    """

    team: str
    file: str
    verdict: Verdict
    grade: float = 0.0
    macro_f1: float | None = None
    accuracy: float | None = None
    wrong: int | None = None
    findings: tuple[Finding, ...] = ()


def find_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files named, and of folders those whose names end in ``-predictions.csv``.

    Raises:
        IntakeError: There is none at a path, or a team has two.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob(f"*{_ENDING}")) if path.is_dir() else [path]
        if not inside or not all(one.is_file() for one in inside):
            raise IntakeError(f"{path}: no such file, or no file named *{_ENDING} in it")
        found += [one for one in inside if one not in found]
    by_team: dict[str, Path] = {}
    for file in found:
        earlier = by_team.setdefault(team_of(file), file)
        if earlier != file:
            raise IntakeError(f"{team_of(file)}: has two files: {earlier} and {file}; keep one")
    return tuple(found)


def team_of(file: Path) -> str:
    """Return whose file it is: ``team8`` of ``team8-module5-predictions.csv``."""
    return file.stem.split("-", 1)[0]


def load_answers(path: Path, num_classes: int) -> tuple[int, ...]:
    """Return the answers in the order of the images' file names.

    The file has the columns Filename and ClassId, or a single one that is in that order already.

    Raises:
        DatasetError: It is no such file; names the line.
    """
    try:
        rows = _rows(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error
    if isinstance(rows, Finding):
        raise DatasetError(f"{path}: {rows.message}")
    header = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    if len(header) != 1 and sorted(header) != ["classid", "filename"]:
        raise DatasetError(
            f"{path}:1: expected the columns Filename and ClassId, or a single one; found "
            f"{', '.join(header) or 'nothing'}"
        )
    class_column = header.index("classid") if len(header) == 2 else 0
    answers = []
    for line, cells in rows[1:]:
        class_id = _class_id(cells[class_column]) if len(cells) == len(header) else None
        if class_id is None or not 0 <= class_id < num_classes:
            raise DatasetError(f"{path}:{line}: no class id in 0..{num_classes - 1}")
        answers.append((cells[1 - class_column] if len(header) == 2 else "", class_id))
    names = [name for name, _ in answers]
    if len(header) == 2 and len(set(names)) < len(names):
        raise DatasetError(f"{path}: a Filename stands there twice")
    if not answers:
        raise DatasetError(f"{path}: no answers in it")
    return tuple(class_id for _, class_id in sorted(answers, key=lambda answer: answer[0]))


def grade_file(file: Path, answers: Sequence[int], num_classes: int, scale: Scale) -> TeamResult:
    """Grade a team's file.

    Raises:
        IntakeError: It cannot be read.
    """
    team, name = team_of(file), file.name
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise IntakeError(f"{file}: cannot be read: {error.strerror or error}") from error
    column = _column(data, name, len(answers), num_classes)
    if isinstance(column, Finding):
        return TeamResult(team, name, Verdict.INVALID_OUTPUT, findings=(column,))
    predictions = _class_ids(column[1:], name, num_classes)
    if isinstance(predictions, Finding):
        return TeamResult(team, name, Verdict.INVALID_OUTPUT, findings=(predictions,))
    from sklearn.metrics import f1_score

    macro_f1 = float(f1_score(answers, predictions, average="macro", zero_division=0))
    wrong = sum(ours != theirs for ours, theirs in zip(answers, predictions, strict=True))
    return TeamResult(
        team=team,
        file=name,
        verdict=Verdict.GRADED,
        grade=scale.grade(macro_f1),
        macro_f1=macro_f1,
        accuracy=(len(answers) - wrong) / len(answers),
        wrong=wrong,
        findings=() if column[0][1] == _HEADING else (_other_heading(column[0][1], name),),
    )


def _column(
    data: bytes, name: str, count: int, num_classes: int
) -> list[tuple[int, str]] | Finding:
    """Return the lines and cells of the one column, the heading first."""
    rows = _rows(data)
    if isinstance(rows, Finding):
        return rows
    wide = next(((line, cells) for line, cells in rows if len(cells) > 1), None)
    if wide:
        return _extra_columns(*wide, name, num_classes)
    column = [(line, cells[0].strip()) for line, cells in rows]
    if len(column) == count and _class_id(column[0][1]) is not None:
        return _missing_header(name)
    found = max(0, len(column) - 1)
    return column if found == count else _wrong_length(found, count)


def _class_ids(body: Sequence[tuple[int, str]], name: str, num_classes: int) -> list[int] | Finding:
    """Return what lines and cells say, if all are numbers of classes."""
    found = [(place, _class_id(place[1])) for place in body]
    texts = [place for place, class_id in found if class_id is None]
    if texts:
        return _not_numbers(texts, name)
    ids = [class_id for _, class_id in found if class_id is not None]
    outside = [place for place, id_ in zip(body, ids, strict=True) if not 0 <= id_ < num_classes]
    return _wrong_ids(outside, name, num_classes) if outside else ids


def _rows(data: bytes) -> list[tuple[int, list[str]]] | Finding:
    """Return each row that is not blank with its line, counted from 1; as pandas does."""
    if len(data) > _MOST_BYTES:
        return Finding("unreadable", f"The file is larger than {_MOST_BYTES >> 20} MiB.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        reader = csv.reader(io.StringIO(data.decode(encoding), newline=""), strict=True)
        return [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except (UnicodeDecodeError, csv.Error):
        return Finding(
            "unreadable", "The file is not a table in text form (CSV, UTF-8).",
            "Write it with pandas: to_csv(..., index=False).",
        )  # fmt: skip


def _class_id(text: str) -> int | None:
    """Return a whole number, however it is written; None for anything else."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return int(value) if value.is_integer() else None


def _extra_columns(line: int, cells: Sequence[str], name: str, num_classes: int) -> Finding:
    hint = _INDEX_HINT
    if len(cells) in {num_classes, num_classes + 1}:
        hint = "Write the class with the largest probability: predictions.argmax(axis=1)."
    message = f"There should be one column, but there are {len(cells)}."
    return Finding("extra-columns", message, hint, Location(name, line))


def _missing_header(name: str) -> Finding:
    return Finding(
        "missing-header",
        f"The first line should say {_HEADING}, but it holds a prediction.",
        f"Put a line {_HEADING} on top.",
        Location(name, 1),
    )


def _wrong_length(found: int, count: int) -> Finding:
    missing = count - found
    what = f"{missing} are missing" if missing > 0 else f"{-missing} are too many"
    return Finding(
        "wrong-length",
        f"There should be {count} predictions below the heading, one for each image, but there "
        f"are {found}: {what}.",
        "Predict every image of the holdout once; do not shuffle, and drop no last batch.",
    )


def _not_numbers(texts: Sequence[tuple[int, str]], name: str) -> Finding:
    return Finding(
        "strings",
        f"Predictions are class numbers, but {_quoted(texts)}.",
        "Write the number of the class (0, 1, 2, …), not its name or its probability.",
        Location(name, texts[0][0]),
    )


def _wrong_ids(outside: Sequence[tuple[int, str]], name: str, num_classes: int) -> Finding:
    return Finding(
        "wrong-ids",
        f"Class numbers go from 0 to {num_classes - 1}, but {_quoted(outside)}.",
        "Write the numbers of the course's classes, not positions in a list of your own.",
        Location(name, outside[0][0]),
    )


def _other_heading(first: str, name: str) -> Finding:
    return Finding(
        "other-heading",
        f"The first line should say {_HEADING}; it says “{printable(first)}” and was taken for "
        "the heading all the same.",
        location=Location(name, 1),
    )


def _quoted(places: Sequence[tuple[int, str]]) -> str:
    """Return, for example, ``line 3 says “Stop” and line 7 “Yield”, and 12 more``."""
    shown = [f"line {line} says “{printable(text)}”" for line, text in places[:_SHOWN]]
    more = len(places) - len(shown)
    return ", ".join(shown) + (f", and {more} more are like that" if more else "")
