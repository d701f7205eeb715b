"""The wall around a job: what a process gives up, for good, before it runs a student's code.

Covers, on x86-64 and AArch64 Linux:

* files: Landlock allows reading the Python environment and the job's own input, writing the
  job's own folder, and nothing else; nothing can be executed;
* processes: seccomp allows threads and no second process, no exec, no ptrace, no signals to
  others (Landlock scopes them as well);
* network: no socket can be created;
* privileges: root's jobs lose every capability, and where the Python environment is readable to
  others they also get a user id of their own;
* resources: CPU time, memory, file size and threads have rlimits; the zygote watches the rest.

Does not cover: side channels such as timing, the bandwidth of disk and memory, bugs in the
kernel, and reading the submission's own images (they are no secret). Labels of the holdout are
safe because no process that runs student code, nor its parent, ever opens them.

This is the only file that knows Linux; it is imported by the zygote alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import landlockpy as landlock
import seccompy as seccomp

from autograder.errors import SandboxUnavailableError
from autograder.models import Isolation

_libc = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS = 28, 38
# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS off, NO_CAP_AMBIENT_RAISE; each with its lock (capability.h).
_SECUREBITS = 0b11101111
_LINUX_CAPABILITY_VERSION_3 = 0x20080522
_FIRST_JOB_UID = 200_000

_ALLOWED = """
    read write readv writev pread64 pwrite64 close close_range lseek mmap munmap mprotect mremap
    madvise brk msync mincore stat fstat lstat newfstatat statx statfs fstatfs access faccessat
    faccessat2 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    readlink readlinkat getdents64 ftruncate fallocate fsync fdatasync flock fadvise64
    copy_file_range sendfile dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create1
    epoll_ctl epoll_wait epoll_pwait eventfd2 futex set_robust_list rseq membarrier gettid getpid
    getppid getpgrp getuid geteuid getgid getegid getgroups arch_prctl rt_sigaction
    rt_sigprocmask rt_sigreturn sigaltstack nanosleep clock_nanosleep clock_gettime clock_getres
    gettimeofday time times getrusage sysinfo uname getcpu sched_yield sched_getaffinity
    sched_getscheduler sched_getparam sched_get_priority_max sched_get_priority_min exit
    exit_group restart_syscall getrandom umask setitimer open openat fcntl prctl
""".split()
# Refused with EPERM, which programs expect here; everything unnamed gets ENOSYS.
_REFUSED = """
    socket socketpair connect fork vfork clone execve execveat kill tkill tgkill ptrace symlink
    symlinkat link linkat mknod mknodat truncate unshare memfd_create prlimit64
""".split()
# Libraries set modes and times as a courtesy; pretending is enough, and touches nothing.
_PRETENDED = "chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat".split()
_NO_XATTRS = [f"{kind}{verb}xattr" for kind in ("", "l", "f") for verb in ("get", "set", "list")]


@dataclass(frozen=True)
class Defences:
    """What this machine offers.

    Attributes:
        landlock_abi: Version of Landlock; 0 where the kernel has none.
        own_uid: Whether each job gets a user id of its own (root only).
        level: ``full``; or ``degraded``, without Landlock, where only the user id guards files.
    """

    landlock_abi: int
    own_uid: bool

    @property
    def level(self) -> Isolation:
        """``full`` or ``degraded``."""
        return "full" if self.landlock_abi else "degraded"


@dataclass(frozen=True)
class Confinement:
    """What one job is confined to.

    Attributes:
        folder: The job's own folder: its home, its working and its temporary directory.
        readable: Files and folders that it may read.
        environment: Its whole environment.
        slot: Number of the job among those running, which its user id is made from.
        cpu_s: CPU seconds, of all its threads together.
        memory_mib: Private memory it may allocate beyond what the zygote already had.
        file_mib: Size of the largest file it may write.
        threads: Threads; enforced here for jobs with a user id of their own.
    """

    folder: Path
    readable: tuple[Path, ...]
    environment: Mapping[str, str]
    slot: int
    cpu_s: int
    memory_mib: int
    file_mib: int
    threads: int


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
    if not seccomp.supported():
        raise SandboxUnavailableError(f"this kernel has no seccomp filters; {advice}")
    abi = landlock.abi_version()
    own_uid = os.geteuid() == 0 and _readable_to_others(readable)
    if not abi and not own_uid:
        raise SandboxUnavailableError(
            "this kernel has no Landlock, so a job could read every file that you can; "
            f"{advice}, or run as root with a Python that other users can read"
        )
    return Defences(abi, own_uid)


def _readable_to_others(paths: Iterable[Path]) -> bool:
    """Whether a process that drops to another user id could still import from ``paths``."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setresgid(_FIRST_JOB_UID, _FIRST_JOB_UID, _FIRST_JOB_UID)
            os.setresuid(_FIRST_JOB_UID, _FIRST_JOB_UID, _FIRST_JOB_UID)
            os._exit(0 if all(os.access(path, os.R_OK) for path in paths) else 1)
        except OSError:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def give_folder(job: Confinement, defences: Defences) -> None:
    """Make the job's folder its own, where jobs have a user id of their own."""
    if defences.own_uid:
        uid = _FIRST_JOB_UID + job.slot
        for path in (job.folder, *job.folder.rglob("*")):
            os.chown(path, uid, uid)


def build_filter() -> seccomp.Filter:
    """Return the seccomp filter of every job: default deny, threads only.

    Built once in the zygote, since assembling it costs milliseconds.
    """
    rules = seccomp.Filter(seccomp.Action.ERRNO | errno.ENOSYS)

    def masked(index: int, value: int, mask: int = 0xFFFFFFFF) -> seccomp.ArgCmp:
        # The kernel ignores the high half of int arguments, so a filter must as well.
        return seccomp.ArgCmp(index, seccomp.CmpOp.MASKED_EQ, value, mask)

    def on(names: Iterable[str], error: int | None, *when: seccomp.ArgCmp) -> None:
        for name in names:
            try:
                if error is None:
                    rules.allow(name, args=when)
                else:
                    rules.errno(name, error, args=when)
            except ValueError:  # this architecture has no such call
                continue

    clone_thread, shared_anonymous = 0x10000, 0x21
    on(["clone"], None, masked(0, clone_thread, clone_thread))
    # Shared anonymous memory is not counted by RLIMIT_DATA.
    on(["mmap"], errno.EPERM, masked(3, shared_anonymous, shared_anonymous))
    # Truncating while opening for reading escapes Landlock before its third version.
    read_and_truncate = (os.O_TRUNC, os.O_TRUNC | os.O_ACCMODE)
    on(["open"], errno.EPERM, masked(1, *read_and_truncate))
    on(["openat"], errno.EPERM, masked(2, *read_and_truncate))
    # SIGIO sent on the job's behalf would be a way to signal others.
    f_setown, f_setsig, f_setown_ex = 8, 10, 15
    for command in (f_setown, f_setsig, f_setown_ex):
        on(["fcntl"], errno.EPERM, masked(1, command))
    for option in (_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE):  # the zygote must see and outlive it
        on(["prctl"], errno.EPERM, masked(0, option))
    tcgets, tiocgwinsz, fionread, fionbio, fionclex, fioclex = (
        0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451,
    )  # fmt: skip
    for command in (tcgets, tiocgwinsz, fionread, fionbio, fionclex, fioclex):
        on(["ioctl"], None, masked(1, command))
    on(["ioctl"], errno.ENOTTY)
    # abort() raises SIGABRT in its own thread; no other signal can be sent, not even to itself,
    # so a SIGKILL always came from outside and is never the student's.
    on(["tgkill"], None, masked(2, signal.SIGABRT))
    on(["prlimit64"], None, masked(0, 0))  # its own limits, which it can only lower
    on(_ALLOWED, None)
    on(_REFUSED, errno.EPERM)
    on(_PRETENDED, 0)
    on(_NO_XATTRS, errno.ENOTSUP)
    _ = rules.program  # assemble now
    return rules


def confine(job: Confinement, defences: Defences, rules: seccomp.Filter, log_fd: int) -> None:
    """Give up everything that a job does not need; called in the fresh child, cannot be undone.

    Args:
        job: What stays allowed.
        defences: As returned by `detect_defences`.
        rules: As returned by `build_filter`.
        log_fd: Where standard output and error go.

    Raises:
        OSError: A step failed; the child must exit without running anything.
    """
    os.setsid()
    _only_standard_streams(log_fd)
    os.chdir(job.folder)
    os.umask(0o077)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it; the default ends the job
    os.environ.clear()
    os.environ.update(job.environment)
    os.environ.update(HOME=str(job.folder), TMPDIR=str(job.folder))
    tempfile.tempdir = None
    uid = _FIRST_JOB_UID + job.slot if defences.own_uid else None
    _set_limits(job, limit_threads=uid is not None)
    _drop_privileges(uid)
    _must(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    # After the change of credentials, which would clear it.
    _must(_libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0))
    if defences.landlock_abi:
        _restrict_files(job)
    rules.load()


def _only_standard_streams(log_fd: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log_fd, 1)
    os.dup2(log_fd, 2)
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _set_limits(job: Confinement, *, limit_threads: bool) -> None:
    mib = 1 << 20
    status = Path("/proc/self/status").read_text(encoding="ascii")
    already = {
        line.split(":")[0]: int(line.split()[1]) << 10
        for line in status.splitlines()
        if line.startswith(("VmData", "VmSize"))
    }
    memory = job.memory_mib * mib
    limits = {
        resource.RLIMIT_CPU: (job.cpu_s, job.cpu_s + 2),
        resource.RLIMIT_DATA: already["VmData"] + memory,
        # Libraries and memory-mapped images count here too, hence the slack.
        resource.RLIMIT_AS: already["VmSize"] + memory + 2048 * mib,
        resource.RLIMIT_FSIZE: job.file_mib * mib,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 0,
    }
    if limit_threads:  # counted per user, so only where the user is the job's own
        limits[resource.RLIMIT_NPROC] = job.threads
    for kind, value in limits.items():
        soft, hard = value if isinstance(value, tuple) else (value, value)
        resource.setrlimit(kind, (soft, hard))


class _CapHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _drop_privileges(uid: int | None) -> None:
    """Become ``uid`` if given; lose every capability either way."""
    if os.geteuid() == 0:
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
        for capability in range(last + 1):
            _must(_libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0))
        _must(_libc.prctl(_PR_SET_SECUREBITS, _SECUREBITS, 0, 0, 0))
        os.setgroups([])
    if uid is not None:
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
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
        for path in job.readable:
            ruleset.allow_path(path, fs.READ_FILE | (fs.READ_DIR if path.is_dir() else fs.NONE))
        for device in ("/dev/null", "/dev/urandom"):
            ruleset.allow_path(device, fs.READ_FILE | fs.WRITE_FILE)
        # TensorFlow aborts where it cannot find out its own name.
        ruleset.allow_path("/proc/self/cmdline", fs.READ_FILE)
        ruleset.allow_path(job.folder, own)
        ruleset.restrict()


def _must(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
