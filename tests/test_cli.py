"""The words typed, run as a user would: exit codes, messages, and what is not imported."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

import pandas as pd
import pytest

from autograder.cli import run
from autograder.environment import detect_environment, promise
from autograder.errors import UserError
from autograder.reports.report import Report

ROOT = Path(__file__).parent.parent
TINY_RULES = ROOT / "tests" / "tiny.yaml"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build the tiny data once for all tests, away from the user's."""
    cache = tmp_path_factory.getbasetemp() / "cli-cache"
    monkeypatch.setenv("AUTOGRADER_CACHE", str(cache))
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED", raising=False)


def autograder(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    script = "from autograder.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def small_class(folder: Path, *names: str) -> Path:
    """Copy some of the sample class into a folder."""
    for name in names:
        shutil.copytree(ROOT / "tests" / "submissions" / name, folder / name)
    return folder


def test_help_names_the_verbs_and_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom autograder.cli import run\n"
        "code = run(['--help'])\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'pandas', 'sklearn', 'cv2'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for verb in ("check", "train", "grade", "calibrate", "data"):
        assert f"  {verb} " in done.stdout


def test_a_static_fault_is_told_without_importing_tensorflow() -> None:
    script = (
        "import sys\nfrom autograder.cli import run\n"
        "code = run(['check', 'tests/submissions/syntax-error'])\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'cv2'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "[syntax]" in done.stdout
    assert "line" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade"], "Missing argument"),
        (["frobnicate"], "No such command"),
        (["grade", "nowhere"], "nowhere"),
        (["check", "nowhere"], "nowhere"),
        (["check", "--config", "nowhere.yaml"], "nowhere.yaml"),
        (["data", "export", "--split", "secret", "--out", "x.npz"], "secret"),
        (["grade", "solutions", "--jobs", "0"], "--jobs"),
        (["calibrate", "--seeds", "1"], "--seeds"),
        (["calibrate", "--solutions", "nowhere"], "nowhere"),
    ],
)
def test_bad_usage_is_exit_code_2_and_no_traceback(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert words in printed.err
    assert "Traceback" not in printed.err


def test_a_batch_can_be_watched_until_it_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []

    def look(reports: Sequence[Report], path: Path, similar: object) -> None:
        """Look at the page when all are graded, and nothing is written of the class."""
        address = re.search(r"watch: (http\S+)", capsys.readouterr().out)
        assert address
        for name in ("state.json", "submissions/syntax-error/report.html"):
            with urlopen(address[1] + name) as answer:
                pages.append(answer.read().decode())
        raise UserError("enough")

    monkeypatch.setattr("autograder.commands.grade.write_gradebook", look)
    work, out = ROOT / "tests" / "submissions" / "syntax-error", tmp_path / "results"
    options = ["--config", str(TINY_RULES), "--out", str(out), "--watch"]
    assert run(["grade", str(work), *options]) == 2
    assert "enough" in capsys.readouterr().err
    state, page = pages
    assert json.loads(state)["latest"][0]["verdict"] == "REJECTED"
    assert page == (out / "submissions" / "syntax-error" / "report.html").read_text("utf-8")


def test_grading_goes_on_where_it_cannot_be_watched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("autograder.watch_server._Server.server_bind", refuse)
    work, out = ROOT / "tests" / "submissions" / "syntax-error", tmp_path / "results"
    options = ["--config", str(TINY_RULES), "--out", str(out), "--watch"]
    assert run(["grade", str(work), *options]) == 0
    assert "no page to watch: Too many open files" in capsys.readouterr().out
    assert (out / "gradebook.csv").is_file()


def test_bad_rules_name_file_line_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "grading.yaml"
    rules.write_text("version: 1\nlimits:\n  cpu_seconds: 3\nrubric: []\n")
    assert run(["check", "assignment", "--config", str(rules)]) == 2
    error = capsys.readouterr().err
    assert f"{rules}:3" in error
    assert "limits.cpu_seconds" in error


def test_an_error_shows_nothing_that_a_terminal_would_obey(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("\x1b]0;title\x07,name\n", encoding="utf-8")
    assert run(["grade", "solutions", "--roster", str(roster)]) == 2
    error = capsys.readouterr().err
    assert "title" in error
    assert "\x1b" not in error
    assert "\x07" not in error


def test_our_own_fault_is_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("autograder.commands.data.info", broken)
    assert run(["data", "info"]) == 3
    error = capsys.readouterr().err
    assert "our fault" in error
    assert "Traceback" not in error


def test_the_holdout_is_exported_only_with_its_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    out = tmp_path / "signs.npz"
    common = ["data", "export", "--config", str(TINY_RULES), "--out", str(out)]
    assert run([*common, "--split", "holdout"]) == 2
    assert "AUTOGRADER_HOLDOUT_SEED" in capsys.readouterr().err
    assert not out.exists()
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", "term 1")
    assert run([*common, "--split", "holdout"]) == 0
    with np.load(out) as data:
        assert len(data["labels"]) == len(data["images"]) == 129
    assert run([*common, "--split", "train"]) == 0
    with np.load(out) as data:
        assert data["images"].shape[1:] == (32, 32, 3)


def test_data_info_tells_when_a_file_has_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path))
    assert run(["data", "info", "--config", str(TINY_RULES)]) == 0
    assert "validation" in capsys.readouterr().out
    (images,) = tmp_path.glob("datasets/*/train_images.npy")
    data = bytearray(images.read_bytes())
    data[-1] ^= 1
    images.write_bytes(data)
    assert run(["data", "info", "--config", str(TINY_RULES)]) == 2
    assert "train split is not as it was built" in capsys.readouterr().err


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("no-augmentation", 0, "ready to train"),
        ("no-augmentation", 0, f"\n{promise(detect_environment('strict'))}\n"),
        ("wrong-output-shape", 1, "output-shape"),
        ("raises-while-building", 1, "submission.py, line"),
        ("loops-for-ever", 1, "TIME_LIMIT"),
    ],
)
def test_check_says_what_is_wrong(name: str, code: int, words: str) -> None:
    done = autograder("check", f"tests/submissions/{name}", "--config", TINY_RULES)
    assert done.returncode == code, done.stderr
    assert words in done.stdout


@pytest.mark.sandbox
def test_train_shows_epochs_a_curve_and_points() -> None:
    done = autograder("train", "tests/submissions/no-augmentation", "--config", TINY_RULES)
    assert done.returncode == 0, done.stderr
    assert "epoch   2/" in done.stdout
    assert "Accuracy by epoch" in done.stdout
    assert "points on the validation split" in done.stdout
    assert promise(detect_environment("strict")) in done.stdout.splitlines()


@pytest.mark.sandbox
def test_what_train_trains_is_what_grade_trains(tmp_path: Path) -> None:
    folder = small_class(tmp_path / "class", "no-augmentation")
    trained = autograder("train", folder / "no-augmentation", "--config", TINY_RULES)
    out = tmp_path / "out"
    graded = autograder("grade", folder, "--out", out, "--config", TINY_RULES)
    assert graded.returncode == 0, graded.stderr
    report = json.loads((out / "submissions" / "no-augmentation" / "report.json").read_text())
    assert report["weights_sha256"] in trained.stdout


@pytest.mark.sandbox
def test_calibrate_trains_under_each_seed_and_writes_what_it_found(tmp_path: Path) -> None:
    small_class(tmp_path / "solutions", "no-augmentation")
    rules = tmp_path / "grading.yaml"
    scale = "zero_at: 0.05\n    full_at: 0.35\n"
    text = TINY_RULES.read_text().replace(scale, "at_least: 0.99  # too high\n")
    rules.write_text(text)
    out = tmp_path / "calibration"
    done = autograder("calibrate", "--seeds", "2", "--out", out, "--config", rules, "--write")
    assert done.returncode == 0, done.stderr
    reports = [
        json.loads((out / f"seed-{seed}/submissions/no-augmentation/report.json").read_text())
        for seed in (2027, 2028)
    ]
    assert reports[0]["weights_sha256"] != reports[1]["weights_sha256"]
    [criterion] = json.loads((tmp_path / "calibration.json").read_text())["criteria"]
    values = [report["metrics"]["holdout"]["macro_f1"] for report in reports]
    assert criterion["solutions"][0]["values"] == values
    assert rules.read_text() == text.replace("0.99", repr(criterion["threshold"]))


@pytest.mark.sandbox
def test_a_killed_command_is_finished_by_the_same_command(tmp_path: Path) -> None:
    folder = small_class(tmp_path / "class", "syntax-error", "no-augmentation", "mlp")
    out = tmp_path / "out"
    arguments = ["grade", folder, "--out", out, "--config", TINY_RULES, "--jobs", "1"]
    script = "from autograder.cli import main; main()"
    command = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not list(out.glob("submissions/*/report.json")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    command.send_signal(signal.SIGKILL)
    command.wait()
    done = autograder(*arguments)
    assert done.returncode == 0, done.stderr
    gradebook = pd.read_csv(out / "gradebook.csv")
    assert set(gradebook["submission_id"]) == {"syntax-error", "no-augmentation", "mlp"}
    assert gradebook["verdict"].notna().all()


@pytest.mark.sandbox
def test_ctrl_c_keeps_what_is_finished_and_leaves_no_process(tmp_path: Path) -> None:
    folder = small_class(tmp_path / "class", "loops-for-ever", "syntax-error")
    out = tmp_path / "out"
    script = "from autograder.cli import main; main()"
    arguments = ["grade", folder, "--out", out, "--config", ROOT / "grading.yaml"]
    command = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("autograder-*/job-*/code")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1)
    command.send_signal(signal.SIGINT)
    _, error = command.communicate(timeout=60)
    assert command.returncode == 130
    assert "interrupted" in error
    assert (out / "submissions" / "syntax-error" / "report.json").exists()
    assert list(tmp_path.glob("autograder-*")) == []


@pytest.mark.sandbox
def test_without_a_sandbox_every_report_says_so(tmp_path: Path) -> None:
    folder = small_class(tmp_path / "class", "no-augmentation")
    out = tmp_path / "out"
    done = autograder("grade", folder, "--out", out, "--config", TINY_RULES, "--no-sandbox")
    assert done.returncode == 0, done.stderr
    report = json.loads((out / "submissions" / "no-augmentation" / "report.json").read_text())
    assert report["isolation"] == "none"
    assert "unisolated" in report["flags"]
