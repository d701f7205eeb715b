"""The transfer bench: what it reads, measures and draws; and that it trains."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from autograder.errors import DatasetError
from tests.benchmarks.transfer import training
from tests.benchmarks.transfer.__main__ import describe_reading, main
from tests.benchmarks.transfer.drawing import draw_confusion, draw_worst
from tests.benchmarks.transfer.measuring import (
    Photographs,
    Reading,
    course_holdout,
    final_test,
    final_training,
    judge,
)
from tests.benchmarks.transfer.training import SIZE, Images, Labels, Pool, Spent

ROOT = Path(__file__).parent.parent
HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
RED_AT = 60
SIZES = ((15, 15), (43, 39), (250, 243), (32, 32))


def photo(path: Path, shape: tuple[int, int], red: int) -> bytes:
    _, data = cv2.imencode(path.suffix, np.full((*shape, 3), (0, 0, red), np.uint8))
    return data.tobytes()


@pytest.fixture
def official(tmp_path: Path) -> Path:
    """Final_Test alone, in the official layout: four sizes, classes 3, 4, 5 and 6."""
    images = tmp_path / "GTSRB" / "Final_Test" / "Images"
    images.mkdir(parents=True)
    rows = [HEADER]
    for number, shape in enumerate(SIZES):
        name = f"{number:05d}.ppm"
        (images / name).write_bytes(photo(images / name, shape, RED_AT + number))
        rows.append(f"{name};{shape[1]};{shape[0]};5;5;10;10;{3 + number}")
    (images / "GT-final_test.csv").write_text("\r\n".join(rows) + "\r\n")
    return tmp_path


@pytest.fixture
def course(tmp_path: Path) -> Path:
    archive = tmp_path / "mini_holdout.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for number, shape in enumerate(SIZES):
            name = f"mini_holdout/{number:05d}.png"
            file.writestr(name, photo(Path(name), shape, RED_AT + number))
        file.writestr("mini_holdout/empty.png", b"")
    rows = [f"{number:05d}.png,{7 + number}" for number in range(len(SIZES))]
    (tmp_path / "mini_holdout_answers.csv").write_text("\n".join(["Filename,ClassId", *rows]))
    return archive


def outputs(read: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.eye(43, dtype=np.float32)[read] * 9


def reading(labels: list[int], read: list[int]) -> Reading:
    images = np.zeros((len(labels), SIZE, SIZE, 3), np.uint8)
    return judge(outputs(read), Photographs("some", images, np.array(labels, np.int32)))


@pytest.mark.parametrize("inner", [".", "GTSRB"])
def test_photographs_of_all_sizes_become_squares_with_their_classes(
    official: Path, inner: str
) -> None:
    photos = final_test(official / inner, SIZE)
    assert photos.images.shape == (4, SIZE, SIZE, 3)
    assert photos.images[:, 0, 0].tolist() == [[RED_AT + i, 0, 0] for i in range(4)]
    assert photos.labels.tolist() == [3, 4, 5, 6]


def test_a_folder_without_a_final_test_is_refused_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"GTSRB_Final_Test_Images\.zip"):
        final_test(tmp_path, SIZE)


def test_a_missing_photograph_is_named(official: Path) -> None:
    (official / "GTSRB/Final_Test/Images/00002.ppm").unlink()
    with pytest.raises(DatasetError, match=r"00002\.ppm"):
        final_test(official, SIZE)


def test_training_photographs_are_read_only_where_they_are(official: Path) -> None:
    with pytest.raises(DatasetError, match="Final_Training"):
        final_training(official, SIZE)


def test_the_holdout_of_the_course_is_read_in_the_order_of_its_answers(course: Path) -> None:
    photos = course_holdout(course, SIZE)
    assert photos.images[:, 0, 0].tolist() == [[RED_AT + i, 0, 0] for i in range(4)]
    assert photos.labels.tolist() == [7, 8, 9, 10]


def test_a_holdout_without_answers_is_refused(course: Path) -> None:
    course.with_name("mini_holdout_answers.csv").unlink()
    with pytest.raises(DatasetError, match=r"mini_holdout_answers\.csv: cannot be read"):
        course_holdout(course, SIZE)


@pytest.mark.parametrize("row", ["00009.png,1", "00001.png,one", "only-one-column", "empty.png,3"])
def test_answers_that_do_not_fit_are_refused(course: Path, row: str) -> None:
    with course.with_name("mini_holdout_answers.csv").open("a") as file:
        file.write("\n" + row)
    with pytest.raises(DatasetError, match=r"does not fit mini_holdout_answers\.csv"):
        course_holdout(course, SIZE)


def test_the_worst_classes_come_first_and_absent_ones_not_at_all() -> None:
    found = reading([1, 1, 2, 2, 3, 3], [1, 1, 2, 8, 8, 8])
    assert found.accuracy == pytest.approx(0.5)
    assert found.worst(2) == [(3, 0.0), (2, 0.5)]
    assert found.confusion[3, 8] == 2


def test_macro_f1_is_over_the_classes_that_occur() -> None:
    assert reading([4, 4, 9], [4, 4, 9]).macro_f1 == pytest.approx(1.0)


def test_the_report_says_what_was_read_instead() -> None:
    text = describe_reading(reading([1, 1, 14], [1, 2, 14]))
    assert "some: 3 photographs, accuracy 66.67%" in text
    assert "50.0% of    2 1 Speed limit 30 km/h" in text
    assert "as Speed limit 50 km/h (1)" in text


def test_the_confusion_picture_is_red_where_signs_are_confused(tmp_path: Path) -> None:
    draw_confusion(reading([0, 1, 1], [0, 1, 0]), tmp_path / "new" / "confusion.png")
    picture = cv2.imread(str(tmp_path / "new" / "confusion.png"))
    assert picture is not None
    side = picture.shape[0] // 44
    # BGR, at the lower right of a cell, where nothing is written.
    right, wrong, never = (
        picture[(row + 2) * side - 2, (column + 2) * side - 2].astype(int)
        for row, column in ((0, 0), (1, 0), (0, 1))
    )
    assert right[0] > right[2]
    assert wrong[2] > wrong[0]
    assert never.min() > 230


def test_the_worst_are_shown_beside_rendered_ones(tmp_path: Path) -> None:
    grey = np.full((6, SIZE, SIZE, 3), 100, np.uint8)
    asked = []

    def rendered(class_id: int, count: int) -> Images:
        asked.append(class_id)
        return grey[:count]

    draw_worst(reading([1, 1, 14], [1, 2, 14]), rendered, tmp_path / "worst.png")
    assert asked[:2] == [2, 1]  # what was read instead, and what it is
    picture = cv2.imread(str(tmp_path / "worst.png"))
    assert picture is not None
    assert picture.shape[0] > 2 * 64


def numbered(batch: int = 8) -> Iterator[tuple[Images, Labels]]:
    first = 0
    while True:
        numbers = np.arange(first, first + batch, dtype=np.int32)
        images = np.zeros((batch, SIZE, SIZE, 3), np.uint8)
        yield images, numbers
        first += batch


def test_every_image_is_looked_at_about_as_often_as_asked() -> None:
    pool = Pool(numbered(), size=64, looks=4, seed=0)
    drawn = [pool.draw(16)[1] for _ in range(200)]
    assert pool.rendered == pytest.approx(200 * 16 / 4, abs=64)
    _, times = np.unique(np.concatenate(drawn), return_counts=True)
    assert times.mean() == pytest.approx(4, abs=0.5)


def test_no_image_is_twice_in_a_batch() -> None:
    pool = Pool(numbered(), size=64, looks=4, seed=0)
    for _ in range(50):
        labels = pool.draw(16)[1]
        assert len(set(labels.tolist())) == 16


def test_examples_are_of_the_class_asked_for() -> None:
    pool = Pool(numbered(), size=64, looks=4, seed=0)
    pool.draw(16)
    assert len(pool.examples(5, 6)) == 1
    assert len(pool.examples(1000, 6)) == 0


@pytest.mark.parametrize(
    ("cpu_s", "progress"), [(10.0, 0.5), (80.0, 0.8), (100.0, 1.0), (130.0, 1.3)]
)
def test_progress_is_counted_in_steps_or_on_slow_cpus_in_seconds(
    monkeypatch: pytest.MonkeyPatch, cpu_s: float, progress: float
) -> None:
    monkeypatch.setattr("time.process_time", lambda: cpu_s)
    spent = Spent(steps=50, planned_steps=100)
    assert training.progress(spent, budget_s=100.0) == pytest.approx(progress)


def test_without_photographs_it_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", "", "--holdout", ""]) == 2
    assert "DATA=<folder>" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named_before_anything_is_trained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--data", "nowhere"]) == 2
    assert "nowhere: no such folder" in capsys.readouterr().err


def test_it_trains_measures_and_draws(official: Path, course: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "tests.benchmarks.transfer", "--steps", "3", "--out", str(out)]
    done = subprocess.run(
        [*command, "--data", str(official), "--holdout", str(course)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 steps, " in done.stdout
    assert "GTSRB: 4 photographs, accuracy" in done.stdout
    assert {path.name for path in out.iterdir()} == {
        "network.weights.h5",
        "confusion-GTSRB.png",
        "confusion-mini_holdout.png",
        "worst-GTSRB.png",
        "worst-mini_holdout.png",
    }
