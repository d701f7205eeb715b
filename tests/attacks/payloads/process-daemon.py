# Becomes a daemon: a session of its own, twice forked, deaf to every signal.
# verdict: GRADED
# stopped by: seccomp

import os
import signal

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for number in range(1, 65):
    if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
        signal.signal(number, signal.SIG_IGN)
attempt("setsid", os.setsid)
attempt("setpgid", lambda: os.setpgid(0, 0))
attempt("the first fork", os.fork)
attempt("the second fork", os.fork)
attempt("a parent that survives", lambda: syscall("prctl", 36, 1, 0, 0, 0))
attempt("losing the tie to the zygote", lambda: syscall("prctl", 1, 0, 0, 0, 0))
