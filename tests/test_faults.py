"""Faults of ours and of the machine, made for real while a batch runs: never a student's zero."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import confined_runner as runner_module
from autograder.batch import Writer, grade_batch
from autograder.confined_runner import SandboxRunner
from autograder.desk import JobDesk
from autograder.errors import SandboxUnavailableError, UserError
from autograder.models import Verdict
from autograder.pipeline import Grader
from autograder.plain_runner import PlainRunner
from autograder.reports.report import Report
from autograder.store import Store
from autograder.watchdog import ProcessState
from tests.conftest import TINY, TinyData
from tests.fakes import CONFIG, Watched, fake_grader, submission

pytestmark = pytest.mark.sandbox

if sys.platform != "linux":
    pytest.skip("the sandbox is for Linux", allow_module_level=True)

# Long enough to be caught at it, in the job that builds the model, when it is at its largest.
HELD_MIB = 300
SLOW = f"""
import time
held = b"x" * ({HELD_MIB} << 20)
print("here", flush=True)
time.sleep(2.5)
del held
{TINY}"""


@dataclass
class Batch:
    """A batch of one slow and one quick submission, on a data folder of its own."""

    data: TinyData
    runner: SandboxRunner
    out: Path

    def grade(self, fault: Callable[[Batch], None]) -> dict[str, Report]:
        """Grade both; make the fault as soon as the slow one has begun."""
        rules = CONFIG.rules.model_copy(update={"disabled": ("forbidden-import",)})
        fake, _ = fake_grader(self.data, CONFIG.model_copy(update={"rules": rules}), holdout=False)
        assignment = fake.assignment
        trainer = JobDesk(self.runner, assignment.config, assignment.dataset, assignment.holdout)
        both = [submission(SLOW, "slow"), submission(TINY, "quick")]
        thread = threading.Thread(target=fault, args=(self,))
        thread.start()
        with Store(self.out) as store:
            writer = Writer(Grader(assignment, trainer), store, Watched())
            reports = grade_batch(both, writer, parallel=2)
        thread.join()
        return {report.submission.id: report for report in reports}

    def zygote(self) -> int:
        """Return the zygote's process id, once there is one."""
        _wait_for(lambda: self.runner._zygote is not None)
        assert self.runner._zygote is not None
        return self.runner._zygote._process.pid

    def slow_job(self) -> int:
        """Return the process id of a job that sleeps in the slow submission."""
        found: list[int] = []

        def look() -> bool:
            zygote = self.zygote()
            children = Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()
            found[:] = [int(pid) for pid in children if _sleeps(int(pid))]
            return bool(found)

        _wait_for(look)
        return found[0]


def _sleeps(pid: int) -> bool:
    """Whether a process has slept for half a second without using any CPU."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        before = stat.read_text().rpartition(")")[2].split()
        time.sleep(0.5)
        after = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return after[0] == "S" and before[11:13] == after[11:13]


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def batch(tmp_path: Path, tiny_data: TinyData) -> Iterator[Batch]:
    folder = tmp_path / "data"
    folder.mkdir()
    for file in tiny_data.readable:
        (folder / file.name).write_bytes(file.read_bytes())
    data = TinyData(folder)
    try:
        runner = SandboxRunner(data.readable, strict=True)
    except SandboxUnavailableError as error:
        pytest.skip(f"no sandbox on this machine: {error}")
    with runner:
        yield Batch(data, runner, tmp_path / "results")


def kill_the_job(batch: Batch) -> None:
    """As the kernel does where memory runs out."""
    job = batch.slow_job()
    state = ProcessState.read(job)
    assert state is not None
    assert state.memory > HELD_MIB << 20
    os.kill(job, signal.SIGKILL)


def kill_every_job(batch: Batch) -> None:
    first = batch.slow_job()
    os.kill(first, signal.SIGKILL)
    _wait_for(lambda: not Path(f"/proc/{first}").exists())
    os.kill(batch.slow_job(), signal.SIGKILL)


def kill_the_zygote(batch: Batch) -> None:
    batch.slow_job()
    os.kill(batch.zygote(), signal.SIGKILL)


def stop_the_job_for_a_while(batch: Batch) -> None:
    job = batch.slow_job()
    os.kill(job, signal.SIGSTOP)
    time.sleep(3)
    os.kill(job, signal.SIGCONT)


def stop_the_zygote_for_good(batch: Batch) -> None:
    batch.slow_job()
    os.kill(batch.zygote(), signal.SIGSTOP)


def lose_the_data(batch: Batch) -> None:
    """As a network drive does that goes away."""
    batch.slow_job()
    for file in batch.data.folder.glob("train_*.npy"):
        file.unlink()


def truncate_the_data(batch: Batch) -> None:
    batch.slow_job()
    images = batch.data.folder / "train_images.npy"
    images.write_bytes(images.read_bytes()[:100])


def lock_the_data(batch: Batch) -> None:
    """As a wrong chmod does; root is not kept out by it."""
    batch.slow_job()
    for file in batch.data.folder.glob("*.npy"):
        file.chmod(0)


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (kill_the_job, Verdict.GRADED),
        (kill_every_job, Verdict.INTERNAL_ERROR),
        (kill_the_zygote, Verdict.GRADED),
        (stop_the_job_for_a_while, Verdict.GRADED),
        (stop_the_zygote_for_good, Verdict.GRADED),
        (lose_the_data, Verdict.INTERNAL_ERROR),
        (truncate_the_data, Verdict.INTERNAL_ERROR),
        pytest.param(
            lock_the_data,
            Verdict.INTERNAL_ERROR,
            marks=pytest.mark.skipif(os.geteuid() == 0, reason="root reads it all the same"),
        ),
    ],
)
def test_a_fault_of_the_machine_is_never_a_zero(
    batch: Batch,
    fault: Callable[[Batch], None],
    verdict: Verdict,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if fault is stop_the_zygote_for_good:  # minutes otherwise; a busy machine must not need so long
        monkeypatch.setattr(runner_module, "_PATIENCE", 0)
        monkeypatch.setattr(runner_module, "_PATIENCE_S", 40.0)
    reports = batch.grade(fault)
    slow, quick = reports["slow"], reports["quick"]
    assert slow.verdict is verdict, slow.findings
    assert (slow.score is None) == (verdict is Verdict.INTERNAL_ERROR)
    if fault not in (lose_the_data, truncate_the_data, lock_the_data):
        assert quick.verdict is Verdict.GRADED
    assert quick.verdict in (Verdict.GRADED, Verdict.INTERNAL_ERROR)
    assert quick.score != 0


def test_where_memory_runs_out_the_kernel_takes_a_job_and_none_of_us(batch: Batch) -> None:
    scores: list[str] = []

    def look(batch: Batch) -> None:
        processes = (os.getpid(), batch.zygote(), batch.slow_job())
        scores.extend(Path(f"/proc/{pid}/oom_score_adj").read_text() for pid in processes)

    assert {report.verdict for report in batch.grade(look).values()} == {Verdict.GRADED}
    ours, zygotes, jobs = map(int, scores)
    assert ours == zygotes < jobs == 1000


def on_a_full_disk(folder: Path, command: list[str], environ: dict[str, str]) -> tuple[int, str]:
    """Run a command while ``folder`` is a file system of 64 KiB, in a mount namespace."""
    mount = f'mount -t tmpfs -o size=64k none {folder} && exec "$@"'
    user = ["--user", "--map-root-user"] if os.geteuid() != 0 else []
    done = subprocess.run(
        ["unshare", "--mount", *user, "sh", "-c", mount, "sh", *command],
        capture_output=True, text=True, check=False, env={**os.environ, **environ},
    )  # fmt: skip
    if done.returncode and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip(f"no mount namespace here: {done.stderr}")
    return done.returncode, done.stdout + done.stderr


ROOT = Path(__file__).parent.parent


def test_results_that_find_the_disk_full_are_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "results"
    out.mkdir()
    many = tmp_path / "class"
    many.mkdir()
    for number in range(60):
        (many / f"student-{number}.py").write_text("this is no Python\n")
    command = [sys.executable, "-m", "autograder", "grade", str(many), "--out", str(out)]
    command += ["--config", str(ROOT / "tests" / "tiny.yaml")]
    environ = {"AUTOGRADER_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    code, shown = on_a_full_disk(out, command, environ)
    assert code == 2, shown
    assert "No space left" in shown
    assert "Traceback" not in shown


def test_jobs_that_find_the_machines_disk_full_are_nobodys_zero(tmp_path: Path) -> None:
    """Where jobs have no folder in memory, they share the machine's disk."""
    full = tmp_path / "full"
    full.mkdir()
    (tmp_path / "ada.py").write_text(TINY)
    without_namespaces = (
        "import sys; from autograder import cli, namespaces; "
        "namespaces.available = lambda: False; sys.exit(cli.run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", without_namespaces, "grade", str(tmp_path / "ada.py")]
    command += ["--out", str(tmp_path / "results")]
    command += ["--config", str(ROOT / "tests" / "tiny.yaml")]
    environ = {
        "AUTOGRADER_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT), "TMPDIR": str(full),
    }  # fmt: skip
    code, shown = on_a_full_disk(full, command, environ)
    assert code == 1, shown
    assert "Traceback" not in shown
    attention = (tmp_path / "results" / "needs-attention.csv").read_text()
    assert "INTERNAL_ERROR" in attention
    assert "the disk of this machine is full" in attention


def test_no_room_for_working_folders_is_an_error_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(**_: str) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(UserError, match=r"No space left.*TMPDIR"):
        PlainRunner(strict=True)
