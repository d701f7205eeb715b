# Takes shared memory, semaphores and message queues that would outlive it.
# verdict: GRADED
# stopped by: seccomp

import os

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

CREATE = 0o1000 | 0o666
for key in (0, 0x0A77AC):
    attempt("shmget", lambda: syscall("shmget", key, 1 << 20, CREATE))
    attempt("semget", lambda: syscall("semget", key, 8, CREATE))
    attempt("msgget", lambda: syscall("msgget", key, CREATE))
attempt(
    "mq_open", lambda: syscall("mq_open", b"/" + insider.MARK.encode() + b"\0", 0o102, 0o600, 0)
)
for identifier in range(8):
    attempt(f"shmat {identifier}", lambda: syscall("shmat", identifier, 0, 0))
    attempt(f"shmctl {identifier}", lambda: syscall("shmctl", identifier, 0, 0))
