# Takes memory of kinds that the limit on private memory does not count.
# verdict: GRADED
# stopped by: seccomp

import ctypes
import mmap

from honest import attempt, build_augmentation, build_model, syscall, training_plan

SHARED, PRIVATE, VALIDATE, ANONYMOUS, GROWSDOWN = 1, 2, 3, 0x20, 0x100
attempt("shared anonymous, by Python", lambda: mmap.mmap(-1, 1 << 20))
for flags in (SHARED | ANONYMOUS, VALIDATE | ANONYMOUS, SHARED | ANONYMOUS | GROWSDOWN):
    for high in (0, 1 << 32):
        attempt(f"flags {flags:x}", lambda: syscall("mmap", 0, 1 << 20, 3, flags | high, -1, 0))
attempt("memfd_create", lambda: syscall("memfd_create", b"x\0", 0))
attempt("memfd_secret", lambda: syscall("memfd_secret", 0))
attempt("a file of zeros", lambda: open("/dev/zero", "r+b"))
attempt("locked memory", lambda: syscall("mlock", ctypes.addressof(ctypes.c_int()), 4))
attempt("all memory locked", lambda: syscall("mlockall", 3))
attempt("remap_file_pages", lambda: syscall("remap_file_pages", 0, 0, 0, 0, 0))
