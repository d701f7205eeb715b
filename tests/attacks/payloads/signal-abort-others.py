# Sends others the one signal that a job may send to itself, SIGABRT.
# verdict: GRADED
# stopped by: Landlock

import os
import signal

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

for pid in (insider.GRADER, os.getppid(), insider.BYSTANDER):
    attempt(f"SIGABRT to {pid}", lambda: syscall("tgkill", pid, pid, signal.SIGABRT))
    high = signal.SIGABRT | 1 << 32
    attempt(f"SIGABRT to {pid}, with a high bit", lambda: syscall("tgkill", pid, pid, high))
