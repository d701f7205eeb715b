# Signals others by descriptors of processes.
# verdict: GRADED
# stopped by: seccomp

import os
import signal

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

for pid in (insider.GRADER, os.getppid(), insider.BYSTANDER, os.getpid()):
    attempt(f"pidfd of {pid}", lambda: os.pidfd_open(pid))
for descriptor in range(16):  # the zygote had some of its jobs
    attempt(
        f"descriptor {descriptor}", lambda: signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    )
    attempt(f"descriptor {descriptor}", lambda: syscall("pidfd_send_signal", descriptor, 9, 0, 0))
