"""The wall around a job: what a process gives up, for good, before it runs a student's code.

Layers, on x86-64 and AArch64 Linux; `docs/threat-model.md` says how each was tried:

* seccomp: threads and no second process, no exec, no socket, no ptrace, no signal to anybody;
* Landlock: reading the Python environment and the job's own input, writing the job's own folder,
  nothing else; signals are scoped to the job as well;
* capabilities: none, and no way to gain any;
* a user id of its own for each job, where root starts it and others may read the Python;
* namespaces, where the kernel lets us (namespaces.py): no network interface, no IPC of others, a
  working folder in memory whose size is capped;
* rlimits on CPU time, memory, file size and threads; the zygote's watchdog looks after the rest.

Does not cover: side channels such as timing, the bandwidth of disk and memory, bugs in the
kernel, and reading the submission's own images (they are no secret). Labels of the holdout are
safe because no process that runs student code, nor its parent, ever opens them.

The zygote confines with it; the grader asks it what this machine offers.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import landlockpy as landlock
import seccompy as seccomp

from autograder import namespaces, syscalls
from autograder.errors import SandboxUnavailableError
from autograder.models import Isolation

_libc = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS = 1, 24, 28, 38
# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS off, NO_CAP_AMBIENT_RAISE; each with its lock (capability.h).
_SECUREBITS = 0b11101111
_LINUX_CAPABILITY_VERSION_3, _CAPABILITIES = 0x20080522, 64
# User ids that no distribution gives to anybody: below 2**31, above those of systemd's containers
# and of others' user namespaces. 1024 for each grader, and 2**18 graders.
_FIRST_JOB_UID, _UIDS_OF_A_GRADER, _GRADERS = 0x70000000, 1024, 1 << 18
# Where a job may say that it is about to begin; closed before the student's code runs.
STATUS_FD = 3


@dataclass(frozen=True)
class Defences:
    """What this machine offers.

    Attributes:
        landlock_abi: Version of Landlock; 0 where the kernel has none.
        own_uid: Whether each job gets a user id of its own (root only).
        namespaces: Whether the zygote and its jobs get namespaces of their own.
    """

    landlock_abi: int
    own_uid: bool
    namespaces: bool

    @property
    def level(self) -> Isolation:
        """``full``; ``degraded`` without Landlock, where only the user id guards files."""
        return "full" if self.landlock_abi else "degraded"

    def to_json(self) -> str:
        """Return it as text for `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Defences:
        """Return what `to_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Confinement:
    """What one job is confined to.

    Attributes:
        folder: The job's own folder: its home, its working and its temporary directory.
        code: The folder of the student's sources.
        readable: Files and folders that it may read besides.
        environment: Its whole environment.
        number: Of the job; its user id is made from it, so that it meets no other's files.
        cpu_s: CPU seconds, of all its threads together.
        memory_mib: Private memory it may allocate beyond what the zygote already had.
        disk_mib: Size of its folder where that lies in memory, and of its largest file.
        threads: Threads; enforced here for jobs with a user id of their own.
    """

    folder: Path
    code: Path
    readable: tuple[Path, ...]
    environment: Mapping[str, str]
    number: int
    cpu_s: int
    memory_mib: int
    disk_mib: int
    threads: int

    @property
    def uid(self) -> int:
        """The user id that this job gets where jobs have one of their own.

        Not that of a job of another grader that runs on this machine; they would have each
        other's files, and one limit on threads together.
        """
        folder_of_all_jobs = self.folder.parent.parent  # its name is drawn
        grader = zlib.crc32(bytes(folder_of_all_jobs)) % _GRADERS
        return _FIRST_JOB_UID + grader * _UIDS_OF_A_GRADER + self.number % _UIDS_OF_A_GRADER


def python_paths() -> tuple[Path, ...]:
    """Return what any job has to read: the interpreter's libraries and the system's."""
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)}
    candidates = [prefix / "lib" for prefix in sorted(prefixes)]
    candidates += [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    system = "/lib /lib64 /usr/lib /usr/lib64 /usr/share/zoneinfo /etc/localtime /etc/ld.so.cache"
    candidates += [Path(name) for name in system.split()]
    return tuple(path for path in dict.fromkeys(candidates) if path.exists())


def detect_defences(readable: Iterable[Path]) -> Defences:
    """Find out how well this machine can confine jobs that have to read ``readable``.

    Raises:
        SandboxUnavailableError: Not well enough to run a student's code.
    """
    advice = "use a newer kernel, or accept the risk with --no-sandbox"
    if not syscalls.supported():
        raise SandboxUnavailableError(f"this kernel has no seccomp filters; {advice}")
    abi = landlock.abi_version()
    own_uid = os.geteuid() == 0 and _readable_to_others(readable)
    if not abi and not own_uid:
        raise SandboxUnavailableError(
            "this kernel has no Landlock, so a job could read every file that you can; "
            f"{advice}, or run as root with a Python that other users can read"
        )
    return Defences(abi, own_uid, namespaces.available())


def could_read(path: Path, defences: Defences) -> bool:
    """Whether a job that was not told to may read a file or folder of somebody's."""
    real = path.resolve()
    if any(real.is_relative_to(allowed.resolve()) for allowed in python_paths()):
        return True
    return not defences.landlock_abi and _readable_to_others([real])


def _readable_to_others(paths: Iterable[Path]) -> bool:
    """Whether a process that drops to another user id could still import from ``paths``."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(_FIRST_JOB_UID, _FIRST_JOB_UID, _FIRST_JOB_UID)
            os.setresuid(_FIRST_JOB_UID, _FIRST_JOB_UID, _FIRST_JOB_UID)
            os._exit(0 if all(os.access(path, os.R_OK) for path in paths) else 1)
        except OSError:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def furnish(job: Confinement, defences: Defences) -> None:
    """Make the job's folders ready: one its own, one to read, where it has a user id of its own.

    Raises:
        OSError: It cannot be done; the child must exit without running anything.
    """
    with contextlib.suppress(OSError):  # where memory runs out, the kernel is to end a job, not us
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if defences.namespaces:
        namespaces.mount_workdir(job.folder, job.disk_mib)
    if defences.own_uid:
        os.chown(job.folder, job.uid, job.uid)
        for path in (job.code, *job.code.iterdir()):
            os.chown(path, -1, job.uid)
            path.chmod(0o750 if path.is_dir() else 0o640)
    if defences.namespaces:
        namespaces.see_only(job.folder.parent, job.folder)


def confine(
    job: Confinement, defences: Defences, rules: seccomp.Filter, log_fd: int, status_fd: int
) -> None:
    """Give up everything that a job does not need; called in the fresh child, cannot be undone.

    Args:
        job: What stays allowed.
        defences: As returned by `detect_defences`.
        rules: As returned by `syscalls.build_filter`.
        log_fd: Where standard output and error go.
        status_fd: Becomes `STATUS_FD`.

    Raises:
        OSError: A step failed; the child must exit without running anything.
    """
    os.setsid()
    _only_these_streams(log_fd, status_fd)
    os.chdir(job.folder)
    os.umask(0o077)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it; the default ends the job
    os.environ.clear()
    os.environ.update(job.environment)
    os.environ.update(HOME=str(job.folder), TMPDIR=str(job.folder))
    tempfile.tempdir = None
    _set_limits(job, limit_threads=defences.own_uid)
    _drop_privileges(job.uid if defences.own_uid else None)
    _must(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    # After the change of credentials, which would clear it.
    _must(_libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0))
    if defences.landlock_abi:
        _restrict_files(job)
    syscalls.only_its_own_signals(os.getpid()).load()
    rules.load()


def _only_these_streams(log_fd: int, status_fd: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((null, 0), (log_fd, 1), (log_fd, 2), (status_fd, STATUS_FD)):
        os.dup2(here, there)
    os.closerange(STATUS_FD + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _set_limits(job: Confinement, *, limit_threads: bool) -> None:
    mib = 1 << 20
    status = Path("/proc/self/status").read_text(encoding="ascii")
    already = {
        line.split(":")[0]: int(line.split()[1]) << 10
        for line in status.splitlines()
        if line.startswith(("VmData", "VmSize"))
    }
    memory = job.memory_mib * mib
    mapped = sum(path.stat().st_size for path in job.readable if path.is_file())
    limits = {
        resource.RLIMIT_CPU: (job.cpu_s, job.cpu_s + 2),
        resource.RLIMIT_DATA: already["VmData"] + memory,
        # Memory-mapped images count here, and libraries too, hence the slack.
        resource.RLIMIT_AS: already["VmSize"] + memory + mapped + 2048 * mib,
        resource.RLIMIT_FSIZE: job.disk_mib * mib,
        resource.RLIMIT_NOFILE: 128,
    }
    if limit_threads:  # counted per user, so only where the user is the job's own
        limits[resource.RLIMIT_NPROC] = job.threads
    for kind, value in limits.items():
        soft, hard = value if isinstance(value, tuple) else (value, value)
        resource.setrlimit(kind, (soft, hard))
    _leave_no_dump()


def _leave_no_dump() -> None:
    """Have the kernel do nothing with a process that crashes.

    With a limit of 0, it still runs the program that core_pattern may name, as root and outside of
    all this, and that may keep a gigabyte. With 1 it does not. Source: fs/coredump.c in Linux.
    """
    with contextlib.suppress(ValueError):  # somebody has set 0 for good
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


class _CapHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _drop_privileges(uid: int | None) -> None:
    """Become ``uid`` if given; lose every capability either way."""
    # Needs CAP_SETPCAP. Where that is missing, these are ways to regain what an exec could
    # give, and there is no exec.
    for capability in range(_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _libc.prctl(_PR_SET_SECUREBITS, _SECUREBITS, 0, 0, 0)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    elif os.geteuid() == 0:
        with contextlib.suppress(PermissionError):  # root of a container may lack CAP_SETGID
            os.setgroups([])
    header = _CapHeader(_LINUX_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; low and high halves
    _must(_libc.capset(ctypes.byref(header), nothing))


def _restrict_files(job: Confinement) -> None:
    fs = landlock.AccessFS
    own = (
        fs.READ_FILE | fs.READ_DIR | fs.WRITE_FILE | fs.TRUNCATE | fs.REFER
        | fs.MAKE_REG | fs.MAKE_DIR | fs.REMOVE_FILE | fs.REMOVE_DIR
    )  # fmt: skip
    scope = landlock.Scope.SIGNAL | landlock.Scope.ABSTRACT_UNIX_SOCKET
    with landlock.Ruleset(scoped=scope) as ruleset:
        for path in (job.code, *job.readable):
            ruleset.allow_path(path, fs.READ_FILE | (fs.READ_DIR if path.is_dir() else fs.NONE))
        for device in ("/dev/null", "/dev/urandom"):
            ruleset.allow_path(device, fs.READ_FILE | fs.WRITE_FILE)
        # TensorFlow aborts where it cannot find out its own name; scikit-learn looks for the
        # libraries that it has loaded.
        for name in ("cmdline", "maps"):
            ruleset.allow_path(f"/proc/self/{name}", fs.READ_FILE)
        ruleset.allow_path(job.folder, own)
        ruleset.restrict()


def _must(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
