"""Which system calls a job may make: default deny, threads only.

Refused calls return an error and kill nobody, since libraries probe for what they can use. A call
of another architecture (i386 through ``int 0x80``) kills the job, since its numbers mean other
calls. Numbers of the x32 kind are unknown to the filter and get ENOSYS.

Source: seccomp(2); the headers of the kernel for the numbers.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterable

import seccompy as seccomp

_CLONE_VM, _CLONE_FILES, _CLONE_SIGHAND, _CLONE_THREAD = 0x100, 0x400, 0x800, 0x10000
_SHARED_ANONYMOUS, _HUGE_PAGES = 0x21, 0x40000
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. Not F_SETOWN and the
# like (signals to others) nor F_SETLEASE (makes others wait).
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030, 1032)
_FCNTL_LOCKS = (5, 6, 7)  # F_GETLK, F_SETLK, F_SETLKW
# PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS.
_PRCTL_OPTIONS = (3, 15, 16, 23, 39)

_ALLOWED = """
    read write readv writev pread64 pwrite64 close lseek mmap munmap mprotect mremap
    madvise brk msync mincore stat fstat lstat newfstatat statx statfs fstatfs access faccessat
    faccessat2 getcwd chdir fchdir  rmdir unlink unlinkat rename renameat renameat2
    readlink readlinkat getdents64 ftruncate fallocate fsync fdatasync fadvise64
    copy_file_range dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create1
    epoll_ctl epoll_wait epoll_pwait eventfd2 futex set_robust_list rseq membarrier gettid getpid
    getppid getpgrp getuid geteuid getgid getegid getgroups arch_prctl rt_sigaction
    rt_sigprocmask rt_sigreturn sigaltstack nanosleep clock_nanosleep clock_gettime clock_getres
    gettimeofday time times getrusage sysinfo uname getcpu sched_yield sched_getaffinity
    sched_getscheduler sched_getparam sched_get_priority_max sched_get_priority_min exit
    exit_group restart_syscall getrandom setitimer open openat
""".split()
# Refused with EPERM, which programs expect here; everything unnamed gets ENOSYS. So does sendfile,
# which can wait for a full pipe with a deleted file that nobody sees any more; Python does without.
_REFUSED = """
    socket socketpair connect fork vfork clone execve execveat kill tkill tgkill ptrace symlink
    symlinkat link linkat mknod mknodat truncate unshare memfd_create prlimit64
""".split()
# Libraries set modes and times as a courtesy; pretending is enough, and touches nothing. Locks too:
# a job has its folder for itself. On files that all jobs read, they would be words to another job.
_PRETENDED = "chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat flock".split()
_NO_XATTRS = [f"{kind}{verb}xattr" for kind in ("", "l", "f") for verb in ("get", "set", "list")]


def supported() -> bool:
    """Whether this kernel has seccomp filters."""
    return bool(seccomp.supported())


def build_filter() -> seccomp.Filter:
    """Return the seccomp filter of every job: default deny, threads only.

    Built once in the zygote, since assembling it costs milliseconds.
    """
    rules = seccomp.Filter(seccomp.Action.ERRNO | errno.ENOSYS)

    def on(names: Iterable[str], error: int | None, *when: seccomp.ArgCmp) -> None:
        for name in names:
            try:
                if error is None:
                    rules.allow(name, args=when)
                else:
                    rules.errno(name, error, args=when)
            except ValueError:  # this architecture has no such call
                continue

    _on_memory_and_files(on)
    _on_commands(on)
    on(_ALLOWED, None)
    on(_REFUSED, errno.EPERM)
    on(_PRETENDED, 0)
    on(_NO_XATTRS, errno.ENOTSUP)
    _ = rules.program  # assemble now
    return rules


def _masked(index: int, value: int, mask: int = 0xFFFFFFFF) -> seccomp.ArgCmp:
    """Compare an argument under a mask; the kernel ignores the high half of int arguments, too."""
    return seccomp.ArgCmp(index, seccomp.CmpOp.MASKED_EQ, value, mask)


def _on_memory_and_files(on: Callable[..., None]) -> None:
    """Add the rules on what calls that make threads, memory, files and folders are given."""
    # Without CLONE_FILES, a thread would have descriptors that nobody sees from outside.
    thread = _CLONE_VM | _CLONE_FILES | _CLONE_SIGHAND | _CLONE_THREAD
    on(["clone"], None, _masked(0, thread, thread))
    unshare = 2  # CLOSE_RANGE_UNSHARE does the same to a thread that runs
    on(["close_range"], None, _masked(2, 0, unshare))
    # Shared anonymous memory is not counted by RLIMIT_DATA.
    on(["mmap"], errno.EPERM, _masked(3, _SHARED_ANONYMOUS, _SHARED_ANONYMOUS))
    # Neither are those in the resident set; where there are any, somebody else wants them.
    on(["mmap"], errno.EPERM, _masked(3, _HUGE_PAGES, _HUGE_PAGES))
    # Truncating while opening for reading escapes Landlock before its third version.
    read_and_truncate = (os.O_TRUNC, os.O_TRUNC | os.O_ACCMODE)
    on(["open"], errno.EPERM, _masked(1, *read_and_truncate))
    on(["openat"], errno.EPERM, _masked(2, *read_and_truncate))
    # Neither reading nor writing, so Landlock lets it pass; it has side effects all the same.
    no_access = (os.O_ACCMODE, os.O_ACCMODE)
    on(["open"], errno.EPERM, _masked(1, *no_access))
    on(["openat"], errno.EPERM, _masked(2, *no_access))
    # Folders that their owner cannot enter could be neither measured nor removed.
    on(["mkdir"], None, _masked(1, 0o700, 0o700))
    on(["mkdirat"], None, _masked(2, 0o700, 0o700))
    on(["umask"], None, _masked(0, 0, 0o700))


def _on_commands(on: Callable[..., None]) -> None:
    """Add the rules on calls that are many in one, and on signals and limits."""
    for command in _FCNTL_COMMANDS:
        on(["fcntl"], None, _masked(1, command))
    for command in _FCNTL_LOCKS:
        on(["fcntl"], 0, _masked(1, command))
    for option in _PRCTL_OPTIONS:
        on(["prctl"], None, _masked(0, option))
    tcgets, tiocgwinsz, fionread, fionbio, fionclex, fioclex = (
        0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451,
    )  # fmt: skip
    for command in (tcgets, tiocgwinsz, fionread, fionbio, fionclex, fioclex):
        on(["ioctl"], None, _masked(1, command))
    on(["ioctl"], errno.ENOTTY)
    # abort() raises SIGABRT in its own thread; no other signal can be sent, not even to itself,
    # so a SIGKILL always came from outside and is never the student's.
    on(["tgkill"], None, _masked(2, signal.SIGABRT))
    # Reading its own limits. Lowering one would have the kernel kill it, as if others had.
    on(["prlimit64"], None, _masked(0, 0), _masked(2, 0, (1 << 64) - 1))


def only_its_own_signals(pid: int) -> seccomp.Filter:
    """Return a filter by which a process signals nobody but itself; it goes in first.

    Landlock does that as well, from its sixth version on.
    """
    rules = seccomp.Filter(seccomp.Action.ALLOW)
    rules.errno("tgkill", errno.EPERM, args=(seccomp.ArgCmp(0, seccomp.CmpOp.NE, pid),))
    return rules
