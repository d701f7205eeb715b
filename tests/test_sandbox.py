"""The wall, tried from inside real jobs. Each payload runs while the submission is imported."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.confined_runner import SandboxRunner
from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending, Job, JobResult
from tests.conftest import LIMITS, OUTPUTS, SIZE, TINY, Jobs, TinyData

pytestmark = pytest.mark.sandbox

ATTEMPT = """
try:
    outcome = {expression}
    print("GOT IN:", outcome, flush=True)
except Exception as error:
    print("REFUSED:", type(error).__name__, error, flush=True)
"""


def attempt(jobs: Jobs, expression: str, imports: str = "import os, socket, ctypes") -> str:
    """Return what a job prints that tries ``expression`` and then behaves."""
    result = jobs.describe(f"{imports}\n{ATTEMPT.format(expression=expression)}\n{TINY}")
    assert result.ending is Ending.EXITED, result
    log = result.log.decode()
    assert ("GOT IN" in log) != ("REFUSED" in log), log
    return log


def test_an_honest_job_does_its_work(jobs: Jobs) -> None:
    result = jobs.describe(TINY)
    assert (result.ending, result.exit_code) == (Ending.EXITED, 0), result.log.decode()
    assert {"description.json", "untrained.f32", "augmented.f32"} <= set(result.outputs)


@pytest.mark.parametrize(
    "expression",
    [
        "open('/etc/passwd').read()",
        "os.listdir('/')",
        "os.listdir('/proc')",
        "open(f'/proc/{os.getppid()}/environ', 'rb').read()",
        "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
        "open('/tmp/autograder-canary', 'w')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.system('true') == 0 or 1 / 0",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.kill(os.getppid(), 0)",
        "os.kill(os.getpid(), 9)",
        "os.open('/etc/hostname', os.O_ACCMODE)",
        "os.open('/proc/self/fd/1', os.O_RDONLY)",
        "os.mkdir('hidden', 0o300)",
        "__import__('fcntl').fcntl(os.open('own', 65), 1024, 1)",
        "ctypes.CDLL(None).tgkill(os.getppid(), os.getppid(), 6) and os.unlink('/')",
        "__import__('resource').setrlimit(0, (1, 1))",
        "socket.socket()",
        "socket.socketpair()",
        "os.symlink('/etc/passwd', 'link')",
        "os.mkfifo('fifo')",
        "os.memfd_create('x')",
        "os.setuid(12345)",
        "os.chroot('.')",
        "os.mount" if hasattr(os, "mount") else "1 / 0",
        "__import__('resource').prlimit(os.getppid(), 7)",
    ],
)
def test_what_a_job_may_not_do_is_refused(jobs: Jobs, expression: str) -> None:
    assert "REFUSED" in attempt(jobs, expression)
    assert not Path("/tmp/autograder-canary").exists()


@pytest.mark.parametrize(
    "pretended",
    [
        "__import__('fcntl').flock(os.open('own', 65), 2)",
        "__import__('fcntl').lockf(os.open('own', 65), 2)",
        "os.chmod(os.open('own', 65), 0)",
    ],
)
def test_what_a_job_may_only_believe_it_has_done_does_not_fail(jobs: Jobs, pretended: str) -> None:
    assert "GOT IN" in attempt(jobs, pretended)


def test_copying_a_file_does_without_the_call_that_copies(jobs: Jobs) -> None:
    copy = "open('a', 'w').write('copied') and open(shutil.copy('a', 'b')).read()"
    assert "GOT IN: copied" in attempt(jobs, copy, "import shutil")


def test_nothing_is_run_on_the_dump_of_a_job(jobs: Jobs) -> None:
    """Which a limit of 0 would not prevent, where core_pattern names a program."""
    log = attempt(jobs, "resource.getrlimit(resource.RLIMIT_CORE)", "import resource")
    assert "GOT IN: (1, 1)" in log


def test_no_two_jobs_have_one_user_id_even_if_two_graders_run() -> None:
    from autograder.sandbox import Confinement

    def uid(grader: str, number: int) -> int:
        folder = Path(f"/tmp/autograder-{grader}/job-{number}/work")
        nothing: Any = None
        return Confinement(folder, folder, (), {}, number, *[nothing] * 4).uid

    mine, others = ({uid(name, n) for n in range(1, 1001)} for name in ("ab12cd34", "ab12cd35"))
    assert len(mine | others) == 2000
    assert all(0x70000000 <= uid < 1 << 31 for uid in mine | others)


def test_sealed_labels_cannot_be_read(jobs: Jobs, tmp_path: Path) -> None:
    labels = tmp_path / "sealed" / "holdout_labels.npy"
    labels.parent.mkdir(mode=0o700)
    labels.write_bytes(b"secret")
    log = attempt(jobs, f"open({str(labels)!r}, 'rb').read()")
    assert "REFUSED: PermissionError" in log
    assert "secret" not in log


def test_a_job_sees_no_environment_of_the_grader(
    tiny_data: TinyData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", "the-secret-seed")
    with SandboxRunner(tiny_data.readable, strict=True) as runner:
        log = attempt(Jobs(runner, tiny_data), "dict(os.environ)")
    assert "GOT IN" in log
    assert "the-secret-seed" not in log


def test_a_job_has_no_capabilities_and_cannot_gain_any(jobs: Jobs) -> None:
    """Seen from outside, while it runs: it may not read its own status."""
    seen: list[str] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            for pid in _confined_processes(os.getpid()):
                with contextlib.suppress(OSError):
                    seen.append(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
            time.sleep(0.02)

    thread = threading.Thread(target=look)
    thread.start()
    jobs.describe(f"import time; time.sleep(0.5)\n{TINY}")
    stop.set()
    thread.join()
    assert seen
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert f"{kind}:\t0000000000000000" in seen[0]
    if os.geteuid() == 0:  # only root can empty the bounding set
        assert "CapBnd:\t0000000000000000" in seen[0]


@pytest.mark.parametrize(
    ("payload", "limits", "ending"),
    [
        ("while True: pass", {"cpu_s": 1}, Ending.CPU_LIMIT),
        (
            "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
            {"cpu_s": 1},
            Ending.CPU_LIMIT,
        ),
        ("import time; time.sleep(600)", {"wall_s": 1}, Ending.WALL_LIMIT),
        (
            "import numpy as np\nkept = [np.ones(2**22) for _ in range(400)]",
            {"memory_mib": 1024},
            Ending.MEMORY_LIMIT,
        ),
        ("while True: print('x' * 10_000)", {}, Ending.OUTPUT_LIMIT),
        ("open('big', 'wb').write(b'x' * (20 << 20))", {}, Ending.DISK_LIMIT),
        (
            "for i in range(9): open(str(i), 'wb').write(b'x' * (2 << 20))\nwhile True: pass",
            {},
            Ending.DISK_LIMIT,
        ),
        (
            "import time\nfor i in range(3000): open(str(i), 'wb').close()\ntime.sleep(9)",
            {},
            Ending.DISK_LIMIT,
        ),
        (
            "import os, time; kept = []\ntry:\n"
            + 9 * "    kept += [open('f', 'wb')]; kept[-1].write(bytes(4 << 20)); os.unlink('f')\n"
            + "finally: time.sleep(9)",
            {},
            Ending.DISK_LIMIT,
        ),
        (
            "import os, time\nwhile True: os.mkdir('d'); os.chdir('d')",
            {},
            Ending.DISK_LIMIT,
        ),
        (
            "from threading import Thread, stack_size\nimport time; stack_size(65536)\n"
            + 60 * "Thread(target=time.sleep, args=(9,)).start()\n"
            + "time.sleep(9)",
            {},
            Ending.THREAD_LIMIT,
        ),
    ],
)
def test_a_limit_ends_the_job_and_is_named(
    jobs: Jobs, payload: str, limits: dict[str, int], ending: Ending
) -> None:
    result = jobs.describe(payload, dataclasses.replace(LIMITS, **limits))
    assert result.ending is ending, result.log.decode()


def test_a_job_whose_main_thread_has_left_is_ended(jobs: Jobs) -> None:
    payload = (
        "import ctypes, threading, time\n"
        "threading.Thread(target=time.sleep, args=(40,)).start()\n"
        "ctypes.CDLL(None).syscall({'x86_64': 60}.get(__import__('platform').machine(), 93), 0)"
    )
    result = jobs.describe(payload)
    assert result.ending is Ending.EXITED
    assert result.wall_s < 20
    assert "description.json" not in result.outputs


def test_what_a_job_prints_is_kept_at_both_ends(jobs: Jobs) -> None:
    result = jobs.describe("print('first'); print('x' * 500_000); print('last')\n" + TINY)
    log = result.log.decode()
    assert log.startswith("first\n")
    assert "bytes left out" in log
    assert "last" in log
    assert len(log) < 140_000


def test_a_job_killed_by_someone_else_is_told_from_one_that_failed(jobs: Jobs) -> None:
    killer = threading.Thread(target=_kill_first_sleeper)
    killer.start()
    result = jobs.describe("import time; time.sleep(20)\n" + TINY)
    killer.join()
    assert result.ending is Ending.KILLED_FROM_OUTSIDE


def _kill_first_sleeper() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for pid in _confined_processes(os.getpid()):
            os.kill(pid, 9)
            return
        time.sleep(0.1)


def _confined_processes(grader: int) -> list[int]:
    """Return the jobs of a grader: what is confined, grandchildren of its process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text(encoding="ascii", errors="replace")
            zygote = int(text.partition("PPid:\t")[2].split()[0])
            parents = Path(f"/proc/{zygote}/status").read_text(encoding="ascii", errors="replace")
        except (OSError, IndexError):
            continue
        confined = "Seccomp:\t2" in text and "NoNewPrivs:\t1" in text
        if confined and f"PPid:\t{grader}\n" in parents:
            found.append(int(status.parent.name))
    return found


def test_when_the_grader_is_killed_nothing_stays_behind(tiny_data: TinyData) -> None:
    script = f"""
import sys
from pathlib import Path
from autograder.confined_runner import SandboxRunner
from tests.conftest import Jobs, TinyData
data = TinyData(Path({str(tiny_data.folder)!r}))
runner = SandboxRunner(data.readable, strict=True)
print(runner._folder, flush=True)
Jobs(runner, data).describe("import time; time.sleep(60)")
"""
    grader = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    folder = Path(grader.stdout.readline().strip())
    _wait_for(lambda: bool(_confined_processes(grader.pid)))
    jobs = _confined_processes(grader.pid)
    grader.kill()
    grader.wait()
    grader.stdout.close()
    _wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in jobs))
    _wait_for(lambda: not folder.exists())


def _wait_for(condition: object, timeout_s: float = 30) -> None:
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_dead_zygote_is_our_fault_and_the_next_job_gets_a_new_one(tiny_data: TinyData) -> None:
    with SandboxRunner(tiny_data.readable, strict=True) as runner:
        jobs = Jobs(runner, tiny_data)
        jobs.describe(TINY)
        assert runner._zygote is not None
        process = runner._zygote._process
        killer = threading.Timer(1, process.kill)
        killer.start()
        with pytest.raises(JobInfrastructureError, match="zygote"):
            jobs.describe("import time; time.sleep(20)")
        assert jobs.describe(TINY).exit_code == 0


def test_jobs_side_by_side_do_not_see_each_other(jobs: Jobs) -> None:
    payload = "import os; print('SEES', os.listdir('..') if os.access('..', os.R_OK) else 'none')"
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(jobs.describe(payload + "\n" + TINY)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.exit_code for result in results] == [1, 1]
    assert all(b"PermissionError" in result.log for result in results)


def test_jobs_side_by_side_cannot_whisper_by_what_can_be_asked_about_files_and_processes(
    jobs: Jobs,
) -> None:
    """Landlock does not guard that; namespaces do."""
    from autograder import namespaces

    if not namespaces.available():
        pytest.skip("this machine lets us have no namespaces")
    whispers = "open('word', 'w').close(); import time; time.sleep(3)"
    listens = """
import os, re, time
own = int(re.search(r"job-([0-9]+)", os.getcwd())[1])
work = os.getcwd()
heard = set()
for _ in range(20):
    time.sleep(0.1)
    for other in range(max(1, own - 5), own + 6):
        if os.path.exists(work.replace(f"job-{own}", f"job-{other}")):
            heard.add(other - own)
    heard |= {pid for pid in range(1, os.getpid()) if os.path.exists(f"/proc/{pid}")}
print("HEARD", heard)
"""
    logs = []
    threads = [
        threading.Thread(
            target=lambda payload=payload: logs.append(jobs.describe(payload + "\n" + TINY).log)
        )
        for payload in (whispers, listens)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert b"HEARD {0}" in b"".join(logs)


def test_many_short_jobs_that_print_until_they_end_upset_nobody(jobs: Jobs) -> None:
    """The end of a job and its last output may be noticed in the same turn of the zygote."""
    payload = "import os\nos.write(1, b'x' * 60000)\nos._exit(3)"
    results: list[JobResult] = []
    threads = [
        threading.Thread(target=lambda: results.extend(jobs.describe(payload) for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(result.exit_code, len(result.log)) for result in results] == [(3, 60000)] * 40


@pytest.mark.parametrize(
    "forgery",
    [
        "os.symlink('/etc/passwd', 'description.json')",
        "os.mkdir('description.json')",
        "open('description.json', 'w').write('x' * (2 << 20))",
    ],
)
def test_a_strange_output_is_not_read(jobs: Jobs, forgery: str) -> None:
    result = jobs.describe(f"import os\n{forgery}\nos._exit(0)")
    assert "description.json" not in result.outputs


def test_there_may_be_more_images_than_memory(tiny_data: TinyData, tmp_path: Path) -> None:
    many = (6 << 30) // (SIZE * SIZE * 3)
    images = tmp_path / "images.npy"
    shape = (many, SIZE, SIZE, 3)
    np.lib.format.open_memmap(images, "w+", np.uint8, shape)
    with SandboxRunner((*tiny_data.readable, images), strict=True) as runner:
        more = {"probe_images": 20, "augmented_images": 4, "train_images": str(images)}
        arguments = tiny_data.arguments(**more)
        job = Job("describe", arguments, {"submission.py": TINY}, LIMITS, OUTPUTS)
        result = runner.run(job)
    assert (result.ending, result.exit_code) == (Ending.EXITED, 0), result.log.decode()
