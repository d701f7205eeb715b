# Has timers, message queues and its own death send signals to others.
# verdict: GRADED
# stopped by: seccomp

import ctypes

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

SIGEV_THREAD_ID, PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 4, 1, 36
event = (ctypes.c_int * 16)(0, 0, 9, SIGEV_THREAD_ID, insider.GRADER)
pointer = ctypes.addressof(event)
attempt("timer_create", lambda: syscall("timer_create", 0, pointer, bytes(8)))
attempt("timerfd_create", lambda: syscall("timerfd_create", 0, 0))
attempt("mq_notify", lambda: syscall("mq_notify", 0, pointer))
attempt("signalfd4", lambda: syscall("signalfd4", -1, bytes(8), 8, 0))
for option in (PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER):
    for high in (0, 1 << 32):
        attempt(f"prctl {option}", lambda: syscall("prctl", option | high, 9, 0, 0, 0))
