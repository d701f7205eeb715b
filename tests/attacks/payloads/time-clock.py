# Sets the clocks of the machine.
# verdict: GRADED
# stopped by: seccomp

import time

from honest import attempt, build_augmentation, build_model, syscall, training_plan

attempt("clock_settime", lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))
attempt("settimeofday", lambda: syscall("settimeofday", 0, 0))
attempt("adjtimex", lambda: syscall("adjtimex", bytes(256)))
attempt("clock_adjtime", lambda: syscall("clock_adjtime", 0, bytes(256)))
attempt("stime", lambda: open("/dev/rtc0", "w"), 2)
