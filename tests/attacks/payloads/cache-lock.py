# Locks the files that all jobs read, so that others would wait.
# verdict: GRADED
# stopped by: nobody waits for locks
# shows: locked

import fcntl
import os
import time

from honest import build_augmentation, build_model, local, training_plan

for path in vars(local("a")).values():
    if str(path).endswith(".npy"):
        file = os.open(path, os.O_RDONLY)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
time.sleep(1)
print("locked")
