# Gives a thread descriptors of its own, which /proc does not show for the process, and hides
# deleted files there.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

UNSHARE, CLOEXEC = 2, 4
for flags in (UNSHARE, UNSHARE | CLOEXEC):
    for high in (0, 1 << 32):
        attempt(f"one, {flags | high}", lambda: syscall("close_range", 1000, 1000, flags | high))
        attempt(f"all, {flags | high}", lambda: syscall("close_range", 3000, -1, flags | high))
