# Signals single threads of others, and queues signals with a message.
# verdict: GRADED
# stopped by: seccomp

import os
import signal

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

for pid in (insider.GRADER, os.getppid(), insider.BYSTANDER):
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        attempt("tkill", lambda: syscall("tkill", pid, number))
        attempt("tgkill", lambda: syscall("tgkill", pid, pid, number))
        attempt("tgkill, any group", lambda: syscall("tgkill", -1, pid, number))
        attempt("rt_sigqueueinfo", lambda: syscall("rt_sigqueueinfo", pid, number, bytes(128)))
        attempt(
            "rt_tgsigqueueinfo", lambda: syscall("rt_tgsigqueueinfo", pid, pid, number, bytes(128))
        )
