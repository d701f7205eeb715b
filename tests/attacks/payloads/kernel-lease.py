# Takes leases on files that all jobs read: whoever opens one would wait for it to be given back.
# verdict: GRADED
# stopped by: seccomp

import os

import keras
from honest import attempt, build_augmentation, build_model, local, syscall, training_plan

F_SETLEASE, F_GETLEASE, F_NOTIFY, F_SET_RW_HINT = 1024, 1025, 1026, 1036
arguments = vars(local("a"))
paths = [path for path in arguments.values() if isinstance(path, str) and path.endswith(".npy")]
for path in (*paths, keras.__file__, "."):
    file = os.open(path, os.O_RDONLY)
    for command in (F_SETLEASE, F_GETLEASE, F_NOTIFY, F_SET_RW_HINT):
        for high in (0, 1 << 32):
            attempt(f"fcntl {command}", lambda: syscall("fcntl", file, command | high, 1))
