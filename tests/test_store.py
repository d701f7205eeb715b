from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import InternalError, ResultsError
from autograder.models import Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from autograder.store import Store, cache_key
from tests.sample_reports import SUBMISSION, report

KEY = "e" * 64
PARTS = {
    "submission_sha256": "a",
    "rules_digest": "b",
    "dataset_fingerprint": "c",
    "holdout_sha256": "d",
    "environment_fingerprint": "e",
    "checks_digest": "f",
    "isolation": "full",
    "harness_version": "1",
}


def named(submission_id: str) -> Report:
    found = report()
    submission = found.submission.model_copy(update={"id": submission_id})
    return found.model_copy(update={"submission": submission})


def folder(out: Path) -> Path:
    return out / "submissions" / SUBMISSION.id


def test_result_reads_back_as_written(tmp_path: Path) -> None:
    with Store(tmp_path / "new" / "results") as store:
        store.write(
            report(),
            {"feedback.md": b"# Feedback\n", "job.log": b"\xff\x00log", "submission.zip": b"PK"},
        )
        assert store.load("ada", KEY) == report()
    written = folder(tmp_path / "new" / "results")
    assert sorted(path.name for path in written.iterdir()) == [
        "feedback.md",
        "job.log",
        "report.json",
        "submission.zip",
    ]
    assert (written / "submission.zip").read_bytes() == b"PK"
    assert (written / "feedback.md").read_bytes() == b"# Feedback\n"
    assert (written / "job.log").read_bytes() == b"\xff\x00log"


def test_result_of_a_later_run_replaces_the_earlier(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write(report(Outcome(Verdict.INTERNAL_ERROR)), {"feedback.md": b"first"})
    with Store(tmp_path) as store:
        store.write(report(), {"job.log": b"second"})
        assert store.load("ada", KEY) == report()
    # Nothing that was drawn of the earlier work may stand beside the new report.
    assert {path.name for path in folder(tmp_path).iterdir()} == {"report.json", "job.log"}


def test_restated_result_keeps_its_log_and_its_copy(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        beside = {"feedback.md": b"first", "job.log": b"log", "submission.zip": b"PK"}
        store.write(report(), beside)
        store.rewrite(report(), {"feedback.md": b"second"})
    assert (folder(tmp_path) / "job.log").read_bytes() == b"log"
    assert (folder(tmp_path) / "submission.zip").read_bytes() == b"PK"
    assert (folder(tmp_path) / "feedback.md").read_text() == "second"


def test_restated_result_has_no_page_of_before(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write(report(), {"report.html": b"80 points", "evidence.npz": b"PK"})
        store.rewrite(report(), {"feedback.md": b"70 points"})
    assert not (folder(tmp_path) / "report.html").exists()
    assert (folder(tmp_path) / "evidence.npz").exists()


def test_missing_result_does_not_hold(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        assert store.load("ada", KEY) is None


def test_result_under_another_key_does_not_hold(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write(report(), {})
        assert store.load("ada", "0" * 64) is None


def test_result_that_was_our_fault_does_not_hold(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write(report(Outcome(Verdict.INTERNAL_ERROR)), {})
        assert store.load("ada", KEY) is None


def test_result_that_was_the_students_fault_holds(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write(report(Outcome(Verdict.TIME_LIMIT)), {})
        assert store.load("ada", KEY) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        report().to_json().encode()[:-20],
        report().to_json().replace('"version": 1', '"version": 2').encode(),
        named("someone-else").to_json().encode(),
    ],
    ids=["empty", "brace", "no UTF-8", "list", "cut", "other version", "moved"],
)
def test_broken_result_does_not_hold(tmp_path: Path, content: bytes) -> None:
    with Store(tmp_path) as store:
        store.write(report(), {})
        (folder(tmp_path) / "report.json").write_bytes(content)
        assert store.load("ada", KEY) is None


@pytest.mark.parametrize("dies_at", ["job.log", "submission.zip", "feedback.md", "report.json"])
def test_write_that_dies_leaves_no_report_to_vouch_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    real = Path.replace

    def replace_or_die(self: Path, target: Path) -> Path:
        if target.name == dies_at:
            raise KeyboardInterrupt
        return real(self, target)

    beside = {"feedback.md": b"", "job.log": b"", "submission.zip": b"PK"}
    with Store(tmp_path) as store:
        store.write(report(), beside)
        monkeypatch.setattr(Path, "replace", replace_or_die)
        with pytest.raises(KeyboardInterrupt):
            store.write(report(), beside)
    assert Store(tmp_path).load("ada", KEY) is None
    assert list(folder(tmp_path).glob(".*"))
    with Store(tmp_path):
        assert not list(folder(tmp_path).glob(".*"))


def test_full_disk_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with Store(tmp_path) as store:
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(ResultsError, match=r"job\.log: No space left on device"):
            store.write(report(), {"job.log": b""})


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "a/b", "a\\b", "c:", "nul\0", "new\nline", " a", "a.", "x" * 201],
)
def test_id_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(InternalError, match="folder name"):
            store.write(named(name), {})
        with pytest.raises(InternalError, match="folder name"):
            store.load(name, KEY)


@pytest.mark.parametrize("name", ["ada", "Müller_42", "smith-john (2)", "a.b", "李雷"])
def test_ordinary_id_is_taken(tmp_path: Path, name: str) -> None:
    with Store(tmp_path) as store:
        store.write(named(name), {})
        assert store.load(name, KEY) is not None


def test_second_grading_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path):
        with pytest.raises(ResultsError, match="another grading is writing to"), Store(tmp_path):
            pass
        assert Store(tmp_path).load("ada", KEY) is None
    with Store(tmp_path):
        pass


def test_lock_does_not_outlive_a_killed_process(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from autograder.store import Store\n"
        "with Store(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        with pytest.raises(ResultsError), Store(tmp_path):
            pass
        process.kill()
    with Store(tmp_path):
        pass


def test_writing_without_the_lock_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(InternalError, match="locked"):
        Store(tmp_path).write(report(), {})


@pytest.mark.parametrize("below", [".", "deeper"])
def test_file_in_place_of_the_folder_is_explained(tmp_path: Path, below: str) -> None:
    blocker = tmp_path / "results"
    blocker.write_text("not a folder")
    with pytest.raises(ResultsError, match="a file stands where a folder should"):
        Store(blocker / below).__enter__()


def test_folder_that_cannot_be_written_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ResultsError, match="Permission denied; change its permissions"):
        Store(tmp_path).__enter__()


def test_folder_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".autograder.json").write_text('{"layout_version": 2}')
    with pytest.raises(ResultsError, match="layout 2, this one writes 1"):
        Store(tmp_path).__enter__()
    assert json.loads((tmp_path / ".autograder.json").read_text()) == {"layout_version": 2}


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", "[" * 5000])
def test_damaged_version_file_is_explained(tmp_path: Path, content: str) -> None:
    (tmp_path / ".autograder.json").write_text(content)
    with pytest.raises(ResultsError, match="is damaged"):
        Store(tmp_path).__enter__()
    # A failed start leaves no lock behind.
    (tmp_path / ".autograder.json").unlink()
    with Store(tmp_path):
        pass


@pytest.mark.parametrize("part", PARTS)
def test_cache_key_changes_with_every_part(part: str) -> None:
    assert cache_key(**(PARTS | {part: "other"})) != cache_key(**PARTS)


@given(st.text("ab", max_size=4), st.text("ab", max_size=4))
def test_cache_key_keeps_neighbours_apart(one: str, other: str) -> None:
    split = PARTS | {"submission_sha256": one, "rules_digest": other}
    joined = PARTS | {"submission_sha256": one + other, "rules_digest": ""}
    assert (cache_key(**split) == cache_key(**joined)) is (other == "")


def test_cache_key_is_the_same_in_every_process() -> None:
    # Changing how it is made makes every result of earlier versions be graded again.
    assert cache_key(**PARTS) == (
        "d62717ab16f8592fc2da3accd852e3468227ea5da428317f001efc67f7c0be03"
    )
