# Takes limits from others, and raises its own.
# verdict: GRADED
# stopped by: seccomp

import os
import resource

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

for pid in (insider.GRADER, os.getppid(), insider.BYSTANDER):
    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        attempt(f"limit {kind} of {pid}", lambda: resource.prlimit(pid, kind, (0, 0)), 3)
        attempt(f"limit {kind} of {pid}", lambda: syscall("prlimit64", pid, kind, bytes(16), 0), 3)


for pid in (-1, 1):
    attempt(
        f"looking at the limits of {pid}", lambda: resource.prlimit(pid, resource.RLIMIT_CPU), 3
    )


def raise_own(kind):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError as error:  # that is what Python makes of EPERM here
        raise PermissionError(1, str(error)) from None


for kind in (resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
    attempt(f"more of {kind} for itself", lambda: raise_own(kind))
