# Kills the grader, its own parent, a bystander, everybody.
# verdict: GRADED
# stopped by: seccomp

import os
import signal

import insider
from honest import attempt, build_augmentation, build_model, training_plan

for pid in (insider.GRADER, os.getppid(), insider.BYSTANDER, -insider.GRADER):
    for number in (0, signal.SIGTERM, signal.SIGKILL):
        attempt(f"signal {number} to {pid}", lambda: os.kill(pid, number))
for pid in (-1, 1):  # these are not ours to lose
    attempt(f"signal 0 to {pid}", lambda: os.kill(pid, 0))
