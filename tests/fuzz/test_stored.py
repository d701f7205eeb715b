"""What we have written ourselves and read again, after anybody may have edited it."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder import class_pictures
from autograder.assignment import Assignment
from autograder.calibration import Sample
from autograder.calibration_file import (
    FILE_NAME,
    Calibration,
    basis_of,
    calibrated,
    threshold_warnings,
)
from autograder.commands.verify import read_submission
from autograder.config import Config
from autograder.config_edit import write_thresholds
from autograder.config_file import load_config
from autograder.data_cache import Arrays, Split, verify
from autograder.errors import ConfigError, DatasetError, ResultsError
from autograder.evidence import Evidence
from autograder.handout import _images_in
from autograder.imported import About, public_splits, read_about, sealed_split, write_imported
from autograder.intake import take_in_copy
from autograder.models import Submission
from autograder.outputs import remove_folder
from autograder.reports.report import Report
from autograder.results import read_results
from autograder.rubric import MetricCriterion
from tests.conftest import TinyData
from tests.fakes import fake_grader
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bend_bytes, bent_bytes, bent_files, bent_json, grown
from tests.fuzz.test_config import TOKENS, VALID, as_text
from tests.fuzz.test_intake import COPY, copies
from tests.fuzz.test_reports import report_files
from tests.page_evidence import evidence
from tests.sample_reports import report

ARRAYS = dict(np.load(io.BytesIO(evidence().to_npz())))
SIDE = class_pictures.SIDE
SIGNS = {"signs": np.full((2, SIDE, SIDE, 3), 9, np.uint8)}
KINDS = ("u1", "i4", "i8", "f2", "f4", "f8", "?", "U3", "O", ">f4")
ODD = (-1, 0, 1, 2, 255, 2**31 - 1, 1e9, float("nan"), float("inf"))
NPY = (b"PK\1\2", b"\x93NUMPY", b"(99999999999,)", b"'|O'", b"'fortran_order': True", b"\xff\xff")


def npz_files(whole: dict[str, NDArray[Any]]) -> st.SearchStrategy[bytes]:
    """Archives of arrays: of other kinds, shapes and numbers; without some; damaged."""

    def bend(random: Random, changes: int) -> bytes:
        arrays = dict(whole)
        # Half of them keep to the names and kinds, and so get past what checks those.
        gentle = random.random() < 0.5
        for _ in range(changes):
            name = random.choice(sorted(arrays) or ["x"])
            other = name if gentle else random.choice([name, name, "x", *whole])
            kinds = "number bytes" if gentle else "number bytes kind shape cut"
            arrays[other] = _bent(random, arrays.get(name, np.zeros(3)), kinds)
            if not gentle and random.random() < 0.1:
                del arrays[other]
        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]
        data = file.getvalue()
        return bend_bytes(random, data, NPY, changes) if random.random() < 0.2 else data

    return grown(bend)


def _bent(random: Random, array: NDArray[Any], kinds: str) -> NDArray[Any]:
    match random.choice(kinds.split()):
        case "number" if array.size and array.dtype.kind in "iuf":
            array = array.copy()
            with np.errstate(all="ignore"):
                odd = np.array(random.choice(ODD)).astype(array.dtype)
            array.flat[random.randrange(array.size)] = odd
        case "bytes" if array.dtype == np.uint8 and array.ndim == 1:
            text = bend_bytes(random, array.tobytes(), (b"[]", b'"x"', b"-1", b"99999"), 1)
            array = np.frombuffer(text, np.uint8)
        case "kind":
            with np.errstate(all="ignore"):
                array = array.astype(random.choice(KINDS))
        case "shape":
            array = random.choice([array[..., None], array.reshape(-1), array[None]])
        case "cut" if array.ndim:
            array = array[: random.randrange(3)]
    return array


@fuzz(npz_files(ARRAYS), raises=(ValueError,))
def test_evidence(hostile: bytes) -> Evidence:
    found = Evidence.from_npz(hostile)

    again = found.to_npz()
    assert Evidence.from_npz(again).to_npz() == again
    for look in (found.right, found.misread):
        if look:
            assert np.isfinite(look.scores).all()
            assert 0 <= look.read_as < len(look.scores)
    return found


@fuzz(npz_files(SIGNS), raises=(ValueError,), share=0.5)
def test_pictures_of_classes(hostile: bytes) -> class_pictures.Pictures:
    found = class_pictures.from_npz(hostile)

    assert found.shape[1:] == (SIDE, SIDE, 3)
    assert found.dtype == np.uint8
    return found


NPY_FILE = io.BytesIO()
np.save(NPY_FILE, ARRAYS["wrong/images"])


@fuzz(npz_files(ARRAYS) | bent_bytes(NPY_FILE.getvalue(), NPY), share=0.5)
def test_images_in_a_handout(hostile: bytes) -> list[bytes] | None:
    """What is to be handed out is searched for images, whatever it is."""
    return list(_images_in(hostile, ARRAYS["wrong/images"].shape[1:])) or None


@fuzz(
    st.lists(st.tuples(st.sampled_from(["ada", "bo~2"]), report_files()), max_size=2),
    raises=(ResultsError,),
    share=0.5,
)
def test_results(hostile: list[tuple[str, bytes]], folder: Path) -> tuple[Report, ...]:
    out = folder / "results"
    (out / "submissions").mkdir(parents=True)
    try:
        for name, data in hostile:
            place = out / "submissions" / name
            place.mkdir(exist_ok=True)
            (place / "report.json").write_bytes(data)
        return read_results(out)
    finally:
        remove_folder(out)


OWN = report()


@fuzz(copies(), raises=(ResultsError,), share=0.5)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_copy_to_verify(hostile: bytes, folder: Path) -> Submission:
    (folder / "submission.zip").write_bytes(COPY)
    whole = read_submission(folder, _told(COPY))
    (folder / "submission.zip").write_bytes(hostile)

    found = read_submission(folder, _told(COPY))

    assert found.sha256 == whole.sha256
    return found


def _told(copy: bytes) -> Report:
    known = OWN.submission.model_copy(update={"sha256": take_in_copy(copy, "ada").sha256})
    return OWN.model_copy(update={"submission": known})


@pytest.fixture(scope="module")
def assignment(tiny_data: TinyData) -> Assignment:
    grader, _ = fake_grader(tiny_data)
    return grader.assignment


def calibration_of(assignment: Assignment) -> Calibration:
    criteria = [one for one in assignment.config.rubric if isinstance(one, MetricCriterion)]
    samples = [Sample("reference", (0.93, 0.94, 0.6, 0.925, 0.93), 0, 0.001)]
    return Calibration(
        version=1,
        calibrated_at=datetime(2027, 1, 1, tzinfo=UTC),
        seeds=tuple(range(5)),
        basis=basis_of(assignment),
        criteria=tuple(calibrated(one, samples, {"reference": "a" * 64}) for one in criteria),
    )


# Its digests hang on the machine; what is bent is the rest.
SEEDS = list(range(5))
CALIBRATED = {
    "id": "f1", "metric": "macro_f1", "class_id": None, "class_ids": [], "family": None,
    "step": 0.001, "threshold": 0.9,
    "false_fails": {
        "solution": "reference", "fails": 1, "runs": 5, "low": 0.1, "high": 0.5, "estimated": 0.3,
    },
    "solutions": [
        {"id": "reference", "sha256": "a" * 64, "values": [0.93, 0.94, 0.6, 0.9], "ungraded": 1},
        {"id": "other", "sha256": "b" * 64, "values": [0.95, 0.95, 0.95, 0.95], "ungraded": 1},
    ],
}  # fmt: skip


@fuzz(bent_json([SEEDS, CALIBRATED], (0.0, 1.0, -1, [], "macro_f1", "f1")))
def test_calibration(hostile: bytes, folder: Path, assignment: Assignment) -> list[str]:
    moved = replace(assignment, config_path=folder / "grading.yaml")
    whole = calibration_of(assignment).model_dump(mode="json")
    try:
        seeds, criterion = json.loads(hostile)
        data = json.dumps(whole | {"seeds": seeds, "criteria": [criterion]}).encode()
    except (ValueError, TypeError, RecursionError):
        data = hostile
    (folder / FILE_NAME).write_bytes(data)

    lines = list(threshold_warnings(moved))

    assert len(lines) <= len(assignment.config.rubric)
    for line in lines:
        assert "\n" not in line
        assert len(line) < 10_000
    return lines


@fuzz(bent_files(VALID, as_text, TOKENS), raises=(ConfigError,), share=0.3)
def test_rules_to_edit(hostile: bytes, folder: Path) -> Config:
    path = folder / "grading.yaml"
    path.write_bytes(hostile)
    config = load_config(path)
    metrics = [one for one in config.rubric if isinstance(one, MetricCriterion)]
    wanted = {one.id: min(1.0, round(one.threshold / 2 + 0.501, 3)) for one in metrics}

    changed = write_thresholds(path, config, wanted)

    assert load_config(path) == changed
    now = {one.id: one.threshold for one in changed.rubric if isinstance(one, MetricCriterion)}
    assert now == wanted
    return changed


ABOUT = About(layout="a folder for each class", class_names=("cat", "dog"), image_size=16)


def _arrays(count: int) -> Arrays:
    labels = np.arange(count, dtype=np.int32) % 2
    return Arrays(np.full((count, 16, 16, 3), 7, np.uint8), labels, labels + 10)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imported") / "pets"
    splits = {"train": _arrays(6), "validation": _arrays(2), "holdout": _arrays(4)}
    write_imported(folder, ABOUT, splits)
    return folder


FACTS = ABOUT.model_dump(mode="json")
MANIFEST = {
    name: {"count": count, "sha256": "0" * 64} for name, count in (("train", 6), ("validation", 2))
}


@fuzz(
    st.tuples(bent_json(FACTS), bent_json([MANIFEST, {}], (6, "train", "sizes", math.inf))),
    raises=(DatasetError,),
    share=0.5,
)
def test_imported_data(hostile: tuple[bytes, bytes], imported: Path) -> dict[str, Split]:
    about, listed = hostile
    paths = (imported / "dataset.json", imported / "public" / "manifest.json")
    before = [path.read_bytes() for path in paths]
    sizes = json.loads(before[1])["sizes"]
    try:
        try:
            manifest, other = json.loads(listed)
            listed = json.dumps(manifest | {"sizes": other or sizes}).encode()
        except (ValueError, TypeError, RecursionError):
            pass
        for path, data in zip(paths, (about, listed), strict=True):
            path.write_bytes(data)

        known = read_about(imported, 16)
        splits = public_splits(imported) | {"holdout": sealed_split(imported)}

        assert len(known.class_names) >= 2
        for split in splits.values():
            assert isinstance(split.count, int)
            assert isinstance(verify(split), bool)
        return splits
    finally:
        for path, data in zip(paths, before, strict=True):
            path.write_bytes(data)
