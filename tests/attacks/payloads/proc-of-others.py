# Reads and writes what /proc shows of the grader, the zygote, a bystander and itself.
# verdict: GRADED
# stopped by: Landlock, namespaces

import errno
import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

GONE = errno.ENOENT  # where it sees no process but itself
names = "mem environ maps smaps fd fdinfo root cwd exe cmdline status stack auxv io task".split()
for pid in (insider.GRADER, os.getppid(), insider.BYSTANDER, 1):
    for name in names:
        path = f"/proc/{pid}/{name}"
        attempt(path, lambda: os.open(path, os.O_RDONLY), GONE)
    for name in ("exe", "cwd", "root", "fd/0", "ns/net"):
        attempt(f"where {name} of {pid} leads", lambda: os.readlink(f"/proc/{pid}/{name}"), GONE)
    attempt(f"writing the memory of {pid}", lambda: os.open(f"/proc/{pid}/mem", os.O_RDWR), GONE)
for name in ("mem", "environ", "smaps", "fd", "root", "status", "task", "mounts", "net"):
    attempt(f"its own {name}", lambda: os.open(f"/proc/self/{name}", os.O_RDONLY))
