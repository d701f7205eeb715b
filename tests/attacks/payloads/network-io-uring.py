# Asks for io_uring, whose queues do by themselves what calls would be refused.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

attempt("io_uring_setup", lambda: syscall("io_uring_setup", 8, bytes(120)))
for descriptor in range(8):
    attempt("io_uring_enter", lambda: syscall("io_uring_enter", descriptor, 1, 1, 0, 0, 0))
    attempt("io_uring_register", lambda: syscall("io_uring_register", descriptor, 0, 0, 0))
attempt("the older kind", lambda: syscall("io_setup", 8, bytes(8)))
attempt("io_submit", lambda: syscall("io_submit", 0, 0, 0))
