"""Running jobs without a sandbox, and what both runners have in common."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from pathlib import Path

import pytest

from autograder.confined_runner import SandboxRunner
from autograder.jobs import Ending, Job, Progress
from autograder.plain_runner import PlainRunner
from autograder.runner import Runner
from tests.conftest import LIMITS, OUTPUTS, TINY, Jobs, TinyData


def test_a_plain_job_trains_to_the_same_bits_as_a_sandboxed_one(
    jobs: Jobs, tiny_data: TinyData
) -> None:
    with PlainRunner(strict=True) as runner:
        plain = Jobs(runner, tiny_data).train(TINY)
    confined = jobs.train(TINY)
    assert plain.exit_code == confined.exit_code == 0, plain.log.decode()
    for name in ("training.json", "weights.bin", "validation.f32"):
        assert plain.outputs[name] == confined.outputs[name]


def test_a_plain_job_is_stopped_at_its_wall_limit(tiny_data: TinyData) -> None:
    with PlainRunner(strict=True) as runner:
        limits = dataclasses.replace(LIMITS, wall_s=1)
        result = Jobs(runner, tiny_data).describe("import time; time.sleep(60)", limits)
    assert result.ending is Ending.WALL_LIMIT
    assert result.wall_s < 30


@pytest.mark.parametrize("kind", ["sandboxed", "plain"])
def test_a_module_in_the_current_directory_is_never_run_outside_of_a_job(
    kind: str, tiny_data: TinyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instructor may stand in the folder of submissions, and one of them be called keras."""
    for name in ("keras", "tensorflow", "numpy", "json"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w').write('x')")
    monkeypatch.chdir(tmp_path)
    plain = kind == "plain"
    with (
        PlainRunner(strict=True)
        if plain
        else SandboxRunner(tiny_data.readable, strict=True) as runner
    ):
        result = Jobs(runner, tiny_data).describe(TINY)
    assert result.exit_code == 0, result.log.decode()
    assert not (tmp_path / "canary").exists()


def test_progress_is_told_while_a_job_trains(sandbox: Runner, tiny_data: TinyData) -> None:
    arguments = tiny_data.arguments(batch_size=8, steps=400, steps_per_epoch=5)
    told: list[Progress] = []
    job = Job("train", arguments, {"submission.py": TINY}, LIMITS, OUTPUTS)
    result = sandbox.run(job, told.append)
    assert result.exit_code == 0, result.log.decode()
    assert told
    assert all(progress.steps == 400 for progress in told)
    steps = [progress.step for progress in told]
    assert steps == sorted(steps)


def test_nothing_of_a_job_stays_on_disk(jobs: Jobs) -> None:
    jobs.describe(f"open('left-behind', 'w').write('x')\n{TINY}")
    left = [path for path in jobs.runner._folder.rglob("*") if path.name != "zygote.log"]
    assert left == []


def test_helper_modules_can_be_imported(sandbox: Runner, tiny_data: TinyData) -> None:
    sources = {"submission.py": "from helper import *", "helper.py": TINY}
    arguments = tiny_data.arguments(probe_images=20, augmented_images=4)
    result = sandbox.run(Job("describe", arguments, sources, LIMITS, OUTPUTS))
    assert result.exit_code == 0, result.log.decode()


@pytest.mark.parametrize("text", ["raise ValueError('no')", "1 +", "import nothing_like_it"])
def test_an_exception_is_reported_with_its_place(jobs: Jobs, text: str) -> None:
    result = jobs.describe(f"# first line\n{text}\n")
    report = json.loads(result.outputs["error.json"])
    assert result.exit_code == 1
    assert report["stage"] == "import"
    assert report["places"][-1] == ["submission.py", 2]


def test_a_confined_job_could_read_libraries_and_nobodys_answers(
    jobs: Jobs, tmp_path: Path
) -> None:
    assert isinstance(jobs.runner, SandboxRunner)
    (tmp_path / "answers").write_text("14")
    assert not jobs.runner.could_read(tmp_path / "answers")
    assert jobs.runner.could_read(Path(json.__file__))


def test_without_landlock_the_rights_of_files_decide(tmp_path: Path) -> None:
    from autograder.sandbox import Defences, could_read

    if os.geteuid() != 0:
        pytest.skip("only root can drop to another user")
    defences = Defences(landlock_abi=0, own_uid=True, namespaces=False)
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are for this user alone
        path = Path(folder)
        path.chmod(0o755)
        assert could_read(path, defences)
        path.chmod(0o700)
        assert not could_read(path, defences)
