# Makes a second process in every way that Python and the kernel know.
# verdict: GRADED
# stopped by: seccomp

import os
import signal

from honest import attempt, build_augmentation, build_model, syscall, training_plan

CLONE_VM, CLONE_VFORK, CLONE_PARENT, SIGCHLD = 0x100, 0x4000, 0x8000, int(signal.SIGCHLD)
attempt("os.fork", os.fork)
attempt("os.forkpty", os.forkpty, 2)
for name in ("fork", "vfork"):
    attempt(name, lambda: syscall(name))
for flags in (SIGCHLD, 0, CLONE_PARENT | SIGCHLD, CLONE_VM | CLONE_VFORK | SIGCHLD):
    for high in (0, 1 << 32):
        attempt(f"clone {flags:x}", lambda: syscall("clone", flags | high, 0, 0, 0, 0))
attempt("clone3", lambda: syscall("clone3", SIGCHLD.to_bytes(64, "little"), 64))
