# Takes huge pages, which are in no resident set, and the memory of libraries from under others.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

PRIVATE_ANONYMOUS, HUGE = 0x22, 0x40000
for size in (0, 21 << 26, 30 << 26):
    for high in (0, 1 << 32):
        flags = PRIVATE_ANONYMOUS | HUGE | size | high
        attempt("huge pages", lambda: syscall("mmap", 0, 1 << 30, 3, flags, -1, 0))
attempt("locked in memory", lambda: syscall("mlockall", 3))
attempt("locked in memory", lambda: syscall("mlock2", 0, 4096, 0))
attempt("shared by name", lambda: syscall("memfd_secret", 0))
