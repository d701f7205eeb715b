# Reserves more addresses than there is memory, in kinds that are counted in different ways.
# verdict: GRADED
# stopped by: rlimit

import errno

from honest import attempt, build_augmentation, build_model, syscall, training_plan

PRIVATE, ANONYMOUS, NORESERVE, GROWSDOWN, STACK = 2, 0x20, 0x4000, 0x100, 0x20000
for protection in (0, 3):
    for flags in (0, NORESERVE, GROWSDOWN, STACK):
        kinds = PRIVATE | ANONYMOUS | flags
        for size in (1 << 32, 1 << 40):
            attempt(
                f"{size >> 30} GiB, flags {flags:x}",
                lambda: syscall("mmap", 0, size, protection, kinds, -1, 0),
                errno.ENOMEM,
            )
