"""GTSRB as it is handed around: as published, as on Kaggle, as in the course.

::

    published   Final_Training/Images/<class>/GT-<class>.csv and <track>_<frame>.ppm (or Training/…)
                Final_Test/Images/*.ppm; GT-final_test.csv
    Kaggle      Train.csv, Test.csv with columns ClassId and Path; Train/<class>/
                <class>_<track>_<frame>.png, Test/*.png
    course      training1/<class>/<track>_<frame>.jpg, training2/…; holdout/*.jpg and
                holdout_answers.csv with columns Filename and ClassId, or both with mini_

Each may be packed or unpacked. All that is wrong is listed, not only the first.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.data_files import DataFile, UnreadableError
from autograder.layouts import Item, Source, listed
from autograder.names import printable
from autograder.roadsigns.classes import CLASSES

_CLASS_NAMES = tuple(sign.name for sign in CLASSES)
_CLASS_FOLDER = re.compile(r"\d{5}")
_FRAME = re.compile(r"(\d+)_\d+")
_KAGGLE_FRAME = re.compile(r"\d+_(\d+)_\d+")
_FINAL_ANSWERS = "GT-final_test.csv"


def recognise(files: Sequence[DataFile]) -> Source | None:
    """Return the data set that these files are, or None if they are none of GTSRB's."""
    for layout in (_published, _kaggle, _course):
        source = layout(files)
        if source:
            return source
    return None


@dataclass
class _Findings:
    """What was read so far, and what was wrong with it."""

    training: list[Item] = field(default_factory=list)
    holdout: list[Item] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    has_tracks: bool = True

    def source(self, layout: str) -> Source:
        return Source(
            layout=layout,
            class_names=_CLASS_NAMES,
            training=tuple(self.training),
            holdout=tuple(self.holdout),
            has_tracks=self.has_tracks,
            is_gtsrb=True,
            problems=tuple(self.problems),
            remarks=tuple(self.remarks),
        )

    def rows(self, table: DataFile, column: str) -> Iterator[tuple[int, str, int]]:
        """Yield (line, ``column``, class id) of a CSV; commas or semicolons, with a header."""
        try:
            text = table.read().decode("utf-8-sig")
            delimiter = ";" if ";" in text.partition("\n")[0] else ","
            rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
            for row in rows:
                line, name, class_id = rows.line_num, row.get(column), row.get("ClassId")
                if not name or not class_id:
                    self._wrong(table, line, f"expected columns {column} and ClassId")
                elif not re.fullmatch(r"0*\d{1,2}", class_id) or int(class_id) >= len(CLASSES):
                    self._wrong(table, line, f"ClassId {printable(class_id)!r} is not in 0..42")
                else:
                    yield line, name, int(class_id)
        except UnreadableError as error:
            self.problems.append(f"{table.shown}: {error}")
        except (UnicodeDecodeError, csv.Error) as error:
            self.problems.append(f"{table.shown}: no table: {error}")

    def _wrong(self, table: DataFile, line: int, words: str) -> None:
        self.problems.append(f"{table.shown}:{line}: {words}")

    def match(
        self,
        table: DataFile,
        column: str,
        find: Callable[[str], DataFile | None],
        track: Callable[[int, str], str],
    ) -> Iterator[Item]:
        """Yield the images that a table names; where none at all is there, say so once."""
        items, absent = [], []
        seen: set[str] = set()
        for line, name, class_id in self.rows(table, column):
            file = find(name)
            if name in seen:
                self._wrong(table, line, f"{printable(name)} stands there twice")
            elif file is None:
                absent.append(f"{table.shown}:{line}: {printable(name)} is missing")
            else:
                items.append(Item(file, class_id, track(class_id, name)))
            seen.add(name)
        if absent and not items:
            absent = [f"{table.shown}: none of the {len(absent)} images that it names is here"]
        self.problems += absent
        yield from items

    def unnamed(self, pictures: Sequence[DataFile], items: Sequence[Item], where: str) -> None:
        """Remark on images that no table names."""
        named = {item.file.shown for item in items}
        loose = [file for file in pictures if file.shown not in named]
        if loose:
            self.remarks.append(f"not named in {where}, not used: {listed(loose)}")


# --- as published -------------------------------------------------------------------------------


def _published(files: Sequence[DataFile]) -> Source | None:
    tables: dict[PurePosixPath, list[DataFile]] = {}
    for file in files:
        folder = file.path.parent
        if file.path.name == f"GT-{folder.name}.csv" and _CLASS_FOLDER.fullmatch(folder.name):
            tables.setdefault(folder.parent, []).append(file)
    answers = [file for file in files if file.path.name == _FINAL_ANSWERS]
    tests = [file for file in files if file.is_picture and "Final_Test" in file.path.parts]
    if not tables and not answers and not tests:
        return None
    found = _Findings()
    if tables:
        roots = sorted(tables, key=lambda root: ("Final_Training" not in root.parts, str(root)))
        found.remarks += [f"{root}: training images already found elsewhere" for root in roots[1:]]
        _published_training(found, tables[roots[0]], files, roots[0])
    else:
        found.problems.append(
            "no training images with their GT-<class>.csv; GTSRB_Final_Training_Images.zip has them"
        )
    _published_test(found, answers, tests)
    used = {file.path for file in tests}
    others = [
        file
        for file in files
        if file.is_picture and file.path.parent.parent not in tables and file.path not in used
    ]
    if others:
        found.remarks.append(f"neither training nor final test images, not used: {listed(others)}")
    return found.source("GTSRB as published")


def _published_training(
    found: _Findings, tables: Sequence[DataFile], files: Sequence[DataFile], root: PurePosixPath
) -> None:
    pictures = [file for file in files if file.is_picture and file.path.parent.parent == root]
    by_path = {file.path: file for file in reversed(pictures)}
    for table in tables:
        folder = table.path.parent

        def find(name: str, folder: PurePosixPath = folder) -> DataFile | None:
            return by_path.get(folder / name)

        found.training += found.match(table, "Filename", find, _track(_FRAME, found))
    described = {table.path.parent for table in tables}
    for folder in sorted({file.path.parent for file in pictures} - described):
        found.problems.append(f"{folder}: GT-{folder.name}.csv is missing")
    found.unnamed(
        [file for file in pictures if file.path.parent in described], found.training, "GT-*.csv"
    )


def _published_test(
    found: _Findings, answers: Sequence[DataFile], tests: Sequence[DataFile]
) -> None:
    if not answers:
        if tests:
            found.remarks.append(
                f"{len(tests)} test images, but no {_FINAL_ANSWERS} with their classes: no "
                "holdout; GTSRB_Final_Test_GT.zip has it"
            )
        return
    by_name = {file.path.name: file for file in reversed(tests)}
    before = len(found.problems)
    found.holdout += found.match(answers[0], "Filename", by_name.get, lambda _, name: f"/{name}")
    if not tests and len(found.problems) > before:
        found.problems[-1] += "; GTSRB_Final_Test_Images.zip has them"
    found.unnamed(list(by_name.values()), found.holdout, _FINAL_ANSWERS)


def _track(pattern: re.Pattern[str], found: _Findings) -> Callable[[int, str], str]:
    """Return what makes a track of a class and a file's name; without a number, its own."""

    def track(class_id: int, name: str) -> str:
        match = pattern.fullmatch(PurePosixPath(name).stem)
        if match is None:
            found.has_tracks = False
        return f"{class_id}/{match.group(1) if match else name}"

    return track


# --- as on Kaggle -------------------------------------------------------------------------------


def _kaggle(files: Sequence[DataFile]) -> Source | None:
    tables = {file.path.name.lower(): file for file in reversed(files)}
    training, test = tables.get("train.csv"), tables.get("test.csv")
    if training is None or b"Path" not in _first_line(training):
        return None
    found = _Findings()
    # On systems that ignore case, Train/ may have become train/.
    by_path = {str(file.path).lower(): file for file in reversed(files) if file.is_picture}

    def beside(table: DataFile) -> Callable[[str], DataFile | None]:
        return lambda name: by_path.get(str(table.path.parent / name).lower())

    find, track = beside(training), _track(_KAGGLE_FRAME, found)
    found.training += found.match(training, "Path", find, track)
    if test is not None:
        found.holdout += found.match(test, "Path", beside(test), lambda _, name: f"/{name}")
    else:
        found.remarks.append("no Test.csv: no holdout")
    for name, items in (("train", found.training), ("test", found.holdout)):
        pictures = [
            file
            for path, file in by_path.items()
            if f"/{name}/" in f"/{path}" and (test or name == "train")
        ]
        found.unnamed(pictures, items, f"{name.capitalize()}.csv")
    return found.source("GTSRB as on Kaggle")


def _first_line(table: DataFile) -> bytes:
    try:
        return table.read().partition(b"\n")[0]
    except UnreadableError:
        return b"Path"  # said again, as a problem


# --- as in the course ---------------------------------------------------------------------------


def _course(files: Sequence[DataFile]) -> Source | None:
    pictures = [file for file in files if file.is_picture]
    training = [file for file in pictures if _CLASS_FOLDER.fullmatch(file.path.parent.name)]
    answers = {file.path.name: file for file in files if file.path.name.endswith("_answers.csv")}
    if not training or not any("training" in part for file in training for part in file.path.parts):
        return None
    found = _Findings()
    track = _track(_FRAME, found)
    # Packed and unpacked side by side, an image is there twice.
    once = {file.path.parts[-3:]: file for file in reversed(training)}
    for file in reversed(once.values()):
        class_id = int(file.path.parent.name)
        if class_id < len(CLASSES):
            found.training.append(Item(file, class_id, track(class_id, file.path.name)))
        else:
            found.problems.append(f"{file.shown}: there are only classes 00000 to 00042")
    for name in ("holdout", "mini_holdout"):
        table = answers.get(f"{name}_answers.csv")
        images = {file.path.name: file for file in pictures if name in file.path.parts[:-1]}
        if table is None and images:
            found.remarks.append(f"{len(images)} images in {name}, but no {name}_answers.csv")
        elif table is not None and found.holdout:
            found.remarks.append(f"{name}: there is another holdout; not used")
        elif table is not None:
            found.holdout += found.match(table, "Filename", images.get, lambda _, name: f"/{name}")
            found.unnamed(list(images.values()), found.holdout, table.path.name)
    if not found.holdout:
        found.remarks.append("no holdout.zip or mini_holdout.zip with its answers: no holdout")
    return found.source("GTSRB as in the course")
