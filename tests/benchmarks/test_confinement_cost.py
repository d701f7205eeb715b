"""What confinement costs a training: the same one, in the sandbox and in a process without it.

Both are forks of a process that has TensorFlow loaded, and both count CPU seconds of everything
after the fork, by the kernel's accounting. They take turns, so that whatever else the machine does
hits both. Left out is what the zygote does beside a job, watching it. Run by `make bench`; prints,
and checks a ratio alone.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograder.jobs import Job, environment
from autograder.runner import Runner
from tests.conftest import LIMITS, OUTPUTS, TINY, TinyData

pytestmark = pytest.mark.sandbox

ROUNDS = 8
# Some seconds of convolutions, batch normalisation, augmentation and the harness's own writing.
SOURCE = TINY.replace("Conv2D(8, 3", "Conv2D(32, 3").replace(
    "keras.layers.Flatten()", "keras.layers.BatchNormalization(), keras.layers.Flatten()"
)
UNCONFINED = """
import json, os, sys
from pathlib import Path
from autograder import worker
worker.warm_up()
print("ready", flush=True)
for line in sys.stdin:
    folder, task, arguments = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        os._exit(worker.run(task, *worker.prepare(arguments)))
    _, status, usage = os.wait4(pid, 0)
    assert status == 0
    print(usage.ru_utime + usage.ru_stime, flush=True)
"""


@contextmanager
def unconfined() -> Iterator[subprocess.Popen[str]]:
    """Start a warm process that forks a training for each line it is sent."""
    process = subprocess.Popen(
        [sys.executable, "-c", UNCONFINED],
        env=environment(strict=True) | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    with process:
        yield process


def train_unconfined(process: subprocess.Popen[str], folder: Path, job: Job) -> float:
    """Return the CPU seconds of a training without a sandbox."""
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "submission.py").write_text(job.sources["submission.py"])
    work = folder / "work"
    work.mkdir()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([str(work), job.task, dict(job.arguments)]) + "\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def test_confinement_costs_a_training_nothing_that_shows(
    sandbox: Runner, tiny_data: TinyData, tmp_path: Path
) -> None:
    arguments: dict[str, Any] = {
        "batch_size": 20, "steps": 400, "steps_per_epoch": 2, "keep_bytes": 1 << 20
    }  # fmt: skip
    job = Job("train", tiny_data.arguments(**arguments), {"submission.py": SOURCE}, LIMITS, OUTPUTS)
    confined_s, plain_s = [], []
    with unconfined() as process:
        for round_ in range(ROUNDS + 1):
            folder = tmp_path / str(round_)
            if round_ % 2:
                plain_s.append(train_unconfined(process, folder, job))
            result = sandbox.run(job)
            assert result.exit_code == 0, result.log.decode()
            confined_s.append(result.cpu_s)
            if not round_ % 2:
                plain_s.append(train_unconfined(process, folder, job))
            trained = (folder / "work" / "weights.bin").read_bytes()
            assert trained == result.outputs["weights.bin"]
    # The first round fills caches.
    ratios = [a / b for a, b in zip(confined_s[1:], plain_s[1:], strict=True)]
    middle = statistics.median(ratios)
    noise = statistics.stdev(plain_s[1:]) / statistics.mean(plain_s[1:])
    print(
        f"\na training of {statistics.median(plain_s[1:]):.1f} s of CPU, {ROUNDS} rounds: "
        f"in the sandbox {middle:.3f} times as much (median; {min(ratios):.3f} to "
        f"{max(ratios):.3f}); repeated without it, it varies by {noise:.1%}"
    )
    assert middle < 1.1
