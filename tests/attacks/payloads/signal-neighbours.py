# Finds other jobs in the zygote's memory and by guessing their numbers, and attacks them.
# verdict: GRADED
# stopped by: seccomp

import os
import signal

from honest import attempt, build_augmentation, build_model, frames, syscall, training_plan

zygote = next(f.f_locals["self"] for f in frames() if hasattr(f.f_locals.get("self"), "_jobs"))
for pid in [job.pid for job in zygote._jobs.values()]:
    for number in (signal.SIGKILL, signal.SIGSTOP):
        attempt(f"signal {number} to {pid}", lambda: os.kill(pid, number))
    attempt(f"SIGABRT to {pid}", lambda: syscall("tgkill", pid, pid, signal.SIGABRT))
for pid in range(os.getpid() - 20, os.getpid()):  # whoever they are: nothing that hurts
    attempt(f"signal 0 to {pid}", lambda: os.kill(pid, 0))
    attempt(f"memory of {pid}", lambda: syscall("process_vm_readv", pid, 0, 0, 0, 0, 0))
    attempt(f"files of {pid}", lambda: os.listdir(f"/proc/{pid}/cwd"), 2)
