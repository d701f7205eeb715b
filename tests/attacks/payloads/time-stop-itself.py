# Stops itself, since time in which a job is stopped costs it nothing.
# verdict: GRADED
# stopped by: seccomp

import os
import signal

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
    attempt(f"kill {number}", lambda: os.kill(os.getpid(), number))
    attempt(f"kill {number} to the group", lambda: os.kill(0, number))
    attempt(f"tkill {number}", lambda: syscall("tkill", os.getpid(), number))
    attempt(f"tgkill {number}", lambda: syscall("tgkill", os.getpid(), os.getpid(), number))
attempt("being traced", lambda: syscall("ptrace", 0, 0, 0, 0))
attempt("a freezer", lambda: open("/sys/fs/cgroup/freezer/cgroup.procs", "w"), 2)
