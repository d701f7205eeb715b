"""What students receive: complete, and nothing that they must not have."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autograder.cli import run
from autograder.config import Config
from autograder.data_cache import Split
from autograder.errors import UserError
from autograder.handout import Problem, find_problems, handout_files, pack
from tests.conftest import TinyData
from tests.fakes import CONFIG, fake_grader

ROOT = Path(__file__).parent.parent
SECRET = "correct horse battery staple"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An assignment like the one that is shipped."""
    folder = tmp_path / "course"
    for name in ("assignment", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "grading.yaml", folder)
    return folder


@pytest.fixture
def holdout(tiny_data: TinyData) -> Split:
    found = fake_grader(tiny_data)[0].assignment.holdout
    assert found is not None
    return found


def problems(root: Path, holdout: Split, config: Config = CONFIG) -> list[Problem]:
    return find_problems(root, config, handout_files(root, config), holdout, [SECRET])


def test_a_handout_is_the_rules_and_the_assignment(root: Path, holdout: Split) -> None:
    (root / "assignment" / "__pycache__").mkdir()
    (root / "assignment" / "__pycache__" / "submission.pyc").write_bytes(b"")
    assert [*handout_files(root, CONFIG)] == [
        "assignment/README.md",
        "assignment/submission.ipynb",
        "assignment/submission.py",
        "grading.yaml",
    ]
    assert problems(root, holdout) == []


def solution_inside(root: Path) -> None:
    shutil.copy(root / "solutions/reference/submission.py", root / "assignment/example.py")


def renamed_solution_inside(root: Path) -> None:
    text = (root / "solutions/reference/submission.py").read_text()
    (root / "assignment/helper.py").write_text(f"# An example.\n{text.replace('width', 'w')}")


def filled_in(root: Path) -> None:
    done = "def build_model(input_shape, num_classes):\n    return 1\n\n\n"
    done += "def build_augmentation():\n    return 2\n\n\ndef training_plan():\n    return {}\n"
    (root / "assignment/submission.py").write_text(done)


def other_signature(root: Path) -> None:
    path = root / "solutions/reference/submission.py"
    text = path.read_text().replace("(input_shape, num_classes)", "(shape, num_classes)")
    path.write_text(text)


def secret_inside(root: Path) -> None:
    with (root / "grading.yaml").open("a") as rules:
        rules.write(f"# export AUTOGRADER_HOLDOUT_SEED='{SECRET}'\n")


def key_inside(root: Path) -> None:
    (root / "assignment/id_rsa").write_text("-----BEGIN RSA PRIVATE KEY-----\n")


def no_template(root: Path) -> None:
    (root / "assignment/submission.py").unlink()
    (root / "assignment/submission.ipynb").unlink()


@pytest.mark.parametrize(
    ("spoil", "file", "message"),
    [
        (solution_inside, "assignment/example.py", "is the same as solutions/reference"),
        (renamed_solution_inside, "assignment/helper.py", "has the code of solutions/reference"),
        (filled_in, "assignment/submission", "leaves students nothing to do"),
        (other_signature, "assignment/submission", "reference has build_model(shape, num_classes)"),
        (secret_inside, "grading.yaml", "holds the holdout's secret"),
        (key_inside, "assignment/id_rsa", "holds a private key"),
        (no_template, "assignment", "holds no template"),
    ],
)
def test_what_must_not_be_handed_out_is_found(
    root: Path, holdout: Split, spoil: Callable[[Path], None], file: str, message: str
) -> None:
    spoil(root)
    found = problems(root, holdout)
    assert [problem.file for problem in found] == [file]
    assert message in found[0].message
    assert found[0].hint


def test_images_of_the_holdout_are_found_in_arrays(root: Path, holdout: Split) -> None:
    images = np.load(holdout.images)
    public = np.zeros_like(images[:2])
    np.savez(root / "assignment" / "signs.npz", images=np.concatenate([public, images[3:5]]))
    np.save(root / "assignment" / "labels.npy", np.load(holdout.labels))
    messages = {problem.file: problem.message for problem in problems(root, holdout)}
    assert messages == {
        "assignment/labels.npy": "is the holdout's labels",
        "assignment/signs.npz": "holds 2 images of the holdout",
    }


def test_a_damaged_array_hides_no_images_of_the_holdout(root: Path, holdout: Split) -> None:
    path = root / "assignment" / "signs.npz"
    np.savez(path, first=np.arange(999), second=np.load(holdout.images)[:2])
    content = bytearray(path.read_bytes())
    content[content.index(b"NUMPY") + 200] ^= 255  # its checksum no longer fits
    path.write_bytes(content)
    [problem] = problems(root, holdout)
    assert problem.message == "holds 2 images of the holdout"


@pytest.mark.parametrize("shape", [b"(3, 12, 12\n", b"(9999999999999999,)"])
def test_an_array_that_cannot_be_read_is_no_error(root: Path, holdout: Split, shape: bytes) -> None:
    path = root / "assignment" / "signs.npy"
    np.save(path, np.load(holdout.images)[:2])
    content = path.read_bytes()
    start, end = content.index(b"'shape': (") + 9, content.index(b"\n")
    path.write_bytes(content[:start] + (shape + b", }").ljust(end - start) + content[end:])
    assert problems(root, holdout) == []


@pytest.mark.parametrize("kind", ["folder", "imported"])
def test_images_of_the_instructor_go_without_their_holdout(root: Path, kind: str) -> None:
    for name in ("public/train.npy", "holdout/labels.npy", "test/stop/1.png", "train/stop/2.png"):
        (root / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "data" / name).write_bytes(b"")
    dataset = CONFIG.dataset.model_copy(update={"kind": kind, "path": root / "data"})
    files = handout_files(root, CONFIG.model_copy(update={"dataset": dataset}))
    assert [name for name in files if name.startswith("data/")] == [
        "data/public/train.npy",
        "data/train/stop/2.png",
    ]


@pytest.mark.parametrize("kind", ["folder", "gtsrb"])
def test_images_that_nobody_parted_are_not_handed_out(root: Path, kind: str) -> None:
    for name in ("stop/1.png", "yield/2.png", "Final_Test/Images/00000.ppm"):
        (root / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "data" / name).write_bytes(b"")
    dataset = CONFIG.dataset.model_copy(update={"kind": kind, "path": root / "data"})
    files = handout_files(root, CONFIG.model_copy(update={"dataset": dataset}))
    assert not [name for name in files if name.startswith("data/")]


def test_the_same_handout_gives_the_same_bytes(root: Path) -> None:
    files = handout_files(root, CONFIG)
    packed = pack(files, "signs")
    (root / "grading.yaml").touch()
    assert pack(files, "signs") == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist()[-1] == "signs/grading.yaml"
        assert archive.read("signs/grading.yaml") == (root / "grading.yaml").read_bytes()


def test_a_folder_without_assignment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds what students fill in"):
        handout_files(tmp_path, CONFIG)


def test_release_writes_nothing_if_something_speaks_against_it(
    root: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cache = tmp_path_factory.getbasetemp() / "cli-cache"
    monkeypatch.setenv("AUTOGRADER_CACHE", str(cache))
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", SECRET)
    shutil.copy(ROOT / "tests" / "tiny.yaml", root / "grading.yaml")
    out = tmp_path / "handout.zip"
    secret_inside(root)
    assert run(["release", str(root), "-o", str(out)]) == 1
    assert "grading.yaml holds the holdout's secret" in capsys.readouterr().out
    assert not out.exists()
    shutil.copy(ROOT / "tests" / "tiny.yaml", root / "grading.yaml")
    assert run(["release", str(root), "-o", str(out)]) == 0
    assert "no solution, no secret" in capsys.readouterr().out
    with zipfile.ZipFile(out) as archive:
        assert "german-road-signs/assignment/submission.py" in archive.namelist()
