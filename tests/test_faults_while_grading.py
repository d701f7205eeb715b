"""Faults of ours around the command itself: no result is lost, and nobody gets a zero."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import run
from autograder.commands import grade as command
from tests.conftest import TINY

pytestmark = pytest.mark.sandbox

if sys.platform != "linux":
    pytest.skip("the sandbox is for Linux", allow_module_level=True)

ROOT = Path(__file__).parent.parent
CLASS = ROOT / "tests" / "submissions"
RULES = ROOT / "tests" / "tiny.yaml"
SCRIPT = "from autograder.cli import main; main()"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds the images already."""
    cache = tmp_path_factory.getbasetemp() / "cli-cache"
    submissions, out = (tmp_path_factory.mktemp(name) for name in ("class", "out"))
    (submissions / "wrong.py").write_text("this is no Python\n")
    end(begin(submissions, out, cache))
    return cache


@pytest.fixture
def cache(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test to spoil."""
    own = tmp_path / "cache"
    shutil.copytree(filled, own)
    monkeypatch.setenv("AUTOGRADER_CACHE", str(own))
    return own


BEGUN: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """Whatever a test comes to, it leaves no process."""
    yield
    while BEGUN:
        process = BEGUN.pop()
        process.kill()
        process.communicate()


def begin(submissions: Path, out: Path, cache: Path, **more: Any) -> subprocess.Popen[str]:
    arguments = ["grade", submissions, "--out", out, "--config", RULES, "--jobs", "1"]
    environment = {"AUTOGRADER_CACHE": str(cache), "TMPDIR": str(out.parent)}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *map(str, arguments)],
        cwd=ROOT, env=os.environ | environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more,
    )  # fmt: skip
    BEGUN.append(process)
    return process


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    shown, _ = process.communicate(timeout=300)
    BEGUN.remove(process)
    assert "Traceback" not in shown
    return process.returncode, shown


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def small_class(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names, 1):  # they are graded in the order of their names
        shutil.copytree(CLASS / name, folder / f"{number}-{name}")
    return folder


def verdicts(out: Path) -> dict[str, str]:
    reports = sorted(out.glob("submissions/*/report.json"))
    return {path.parent.name: json.loads(path.read_text())["verdict"] for path in reports}


def scores(out: Path) -> Mapping[str, float]:
    reports = out.glob("submissions/*/report.json")
    return {path.parent.name: json.loads(path.read_text())["score"] for path in reports}


@pytest.mark.parametrize("stop", [os.kill, os.killpg], ids=["the grader", "Ctrl-Z"])
def test_a_command_that_is_stopped_for_a_while_goes_on(
    tmp_path: Path, cache: Path, stop: Callable[[int, int], None]
) -> None:
    submissions = small_class(tmp_path / "class", "syntax-error", "no-augmentation")
    out = tmp_path / "out"
    process = begin(submissions, out, cache, start_new_session=True)
    wait_for(lambda: list(out.glob("submissions/1-*/report.json")))
    wait_for(lambda: list(tmp_path.glob("autograder-*/job-*/work")))
    stop(process.pid, signal.SIGSTOP)
    time.sleep(6)
    meanwhile = verdicts(out)
    stop(process.pid, signal.SIGCONT)
    code, shown = end(process)
    assert code == 0, shown
    assert meanwhile == {"1-syntax-error": "REJECTED"}
    assert verdicts(out) == {"1-syntax-error": "REJECTED", "2-no-augmentation": "GRADED"}


FILL = """
mount -t tmpfs -o size=4m none "$OUT" || exit 77
"$@" >"$SHOWN" 2>&1 & grading=$!
while ! ls "$OUT"/submissions/1-*/report.json >/dev/null 2>&1; do sleep 0.05; done
dd if=/dev/zero of="$OUT/filler" bs=4096 2>/dev/null
wait $grading; echo "code $?" >>"$SHOWN"
rm "$OUT/filler"
"$@" >>"$SHOWN" 2>&1; echo "code $?" >>"$SHOWN"
cp -r "$OUT" "$OUT.kept"
"""


def test_a_disk_that_fills_up_in_the_middle_loses_no_result(tmp_path: Path, cache: Path) -> None:
    submissions = small_class(
        tmp_path / "class", "syntax-error", "no-augmentation", "wrong-output-shape"
    )
    out, shown = tmp_path / "out", tmp_path / "shown"
    out.mkdir()
    user = ["--user", "--map-root-user"] if os.geteuid() != 0 else []
    arguments = ["grade", submissions, "--out", out, "--config", RULES, "--jobs", "1"]
    grade = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
    done = subprocess.run(
        ["unshare", "--mount", *user, "sh", "-c", FILL, "sh", *grade],
        cwd=ROOT, env=os.environ | {"OUT": str(out), "SHOWN": str(shown)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no mount namespace here: {done.stderr}")
    told = shown.read_text()
    assert "Traceback" not in told
    first, second, _ = told.split("code ")
    assert "No space left on device" in first
    assert second.startswith("2\n")
    assert told.endswith("code 0\n")
    kept = tmp_path / "out.kept"
    assert list(verdicts(kept).values()) == ["REJECTED", "GRADED", "REJECTED"]
    assert scores(kept)["2-no-augmentation"] > 0
    assert len((kept / "gradebook.csv").read_text().splitlines()) == 4


def hide(images: Path) -> None:
    """As a network drive that answers, but no longer gives anything."""
    images.rename(images.with_suffix(".hidden"))
    images.mkdir()


def test_data_that_is_lost_in_the_middle_is_nobodys_zero_and_comes_back(
    tmp_path: Path, cache: Path
) -> None:
    submissions = tmp_path / "class"
    submissions.mkdir()
    (submissions / "ada.py").write_text(
        TINY.replace("Flatten()", "Conv2D(8, 3), keras.layers.Flatten()")
    )
    out = tmp_path / "out"
    process = begin(submissions, out, cache)
    wait_for(lambda: list(tmp_path.glob("autograder-*/job-*/work")))
    for images in list(cache.rglob("train_images.npy")):
        hide(images)
    code, shown = end(process)
    assert code == 1, shown
    assert verdicts(out) == {"ada": "INTERNAL_ERROR"}
    assert scores(out) == {"ada": None}
    assert "INTERNAL_ERROR" in (out / "needs-attention.csv").read_text()
    code, shown = end(begin(submissions, out, cache))
    assert code == 0, shown
    assert verdicts(out) == {"ada": "GRADED"}


@pytest.mark.parametrize("kept", [0, 128], ids=["all of it", "the pixels"])
def test_nobody_is_graded_on_images_that_a_disk_has_lost(
    tmp_path: Path, cache: Path, kept: int
) -> None:
    """As after a power cut: every file is as long as it was."""
    submissions, out = small_class(tmp_path / "class", "syntax-error"), tmp_path / "out"
    for images in cache.rglob("holdout_images.npy"):
        content = images.read_bytes()
        images.write_bytes(content[:kept] + bytes(len(content) - kept))
    code, shown = end(begin(submissions, out, cache))
    assert code == 2
    assert "the holdout split is not as it was built; delete that" in shown
    assert not list(out.glob("submissions/*"))


@pytest.fixture(scope="module")
def results(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of two that was graded."""
    folder = tmp_path_factory.mktemp("graded")
    small_class(folder / "class", "syntax-error", "no-augmentation")
    code, shown = end(begin(folder / "class", folder / "out", filled))
    assert code == 0, shown
    return folder


@pytest.mark.parametrize(
    "damaged",
    [
        ["submissions/1-syntax-error/report.json", "submissions/2-no-augmentation/report.json"],
        [
            "classes.npz",
            "similarity.json",
            "index.html",
            "gradebook.csv",
            "submissions/2-no-augmentation/evidence.npz",
            "submissions/2-no-augmentation/submission.zip",
        ],
    ],
    ids=["reports", "what is made of them"],
)
@pytest.mark.parametrize("content", [b"\x00{[PK\x03\x04", None], ids=["junk", "gone"])
def test_damaged_results_are_made_again(
    results: Path, tmp_path: Path, cache: Path, damaged: list[str], content: bytes | None
) -> None:
    shutil.copytree(results, tmp_path / "graded")
    out, before = tmp_path / "graded" / "out", scores(results / "out")
    for name in damaged:
        (out / name).unlink()
        if content is not None:
            (out / name).write_bytes(content)
    code, shown = end(begin(tmp_path / "graded" / "class", out, cache))
    assert code == 0, shown
    assert scores(out) == before
    assert len((out / "gradebook.csv").read_text().splitlines()) == 3
    assert "2-no-augmentation" in (out / "index.html").read_text()


@pytest.mark.parametrize(
    ("stage", "page"),
    [("publish_similarity", "similar.html"), ("write_class_page", "index.html")],
)
@pytest.mark.usefixtures("cache")
def test_a_page_that_cannot_be_made_costs_no_gradebook(
    tmp_path: Path,
    stage: str,
    page: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("no room")

    submissions = small_class(tmp_path / "class", "syntax-error")
    out = tmp_path / "out"
    arguments = ["grade", submissions, "--out", out, "--config", RULES]
    assert run(list(map(str, arguments))) == 0
    monkeypatch.setattr(command, stage, fails)
    assert run(list(map(str, arguments))) == 1
    error = capsys.readouterr().err
    assert f"{page} could not be made: ZeroDivisionError: no room" in error
    assert f"autograder report {out}" in error
    made = {
        name for name in ("gradebook.csv", "index.html", "similar.html") if (out / name).exists()
    }
    assert made == {"gradebook.csv", "index.html", "similar.html"} - {page}
