# Makes the buffers of its pipes as large as they get: memory of the kernel's.
# verdict: GRADED
# stopped by: seccomp

import os

from honest import attempt, build_augmentation, build_model, syscall, training_plan

F_SETPIPE_SZ, F_ADD_SEALS = 1031, 1033
for _ in range(8):
    source, sink = os.pipe()
    for high in (0, 1 << 32):
        attempt("a larger pipe", lambda: syscall("fcntl", sink, F_SETPIPE_SZ | high, 1 << 20))
attempt("its log, larger", lambda: syscall("fcntl", 1, F_SETPIPE_SZ, 1 << 20))
attempt("sealing", lambda: syscall("fcntl", sink, F_ADD_SEALS, 1))
attempt("pages into a pipe", lambda: syscall("vmsplice", sink, bytes(16), 1, 0))
attempt("splice", lambda: syscall("splice", source, 0, sink, 0, 1, 0))
