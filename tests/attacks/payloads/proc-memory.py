# Reads and writes the memory of others, takes their descriptors, advises on their pages.
# verdict: GRADED
# stopped by: seccomp

import ctypes
import os

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

buffer = ctypes.create_string_buffer(64)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
pointer = ctypes.addressof(vector)
for pid in (insider.GRADER, os.getppid(), insider.BYSTANDER, os.getpid()):
    for call in ("process_vm_readv", "process_vm_writev"):
        attempt(f"{call} of {pid}", lambda: syscall(call, pid, pointer, 1, pointer, 1, 0))
    attempt(f"kcmp with {pid}", lambda: syscall("kcmp", pid, os.getpid(), 0, 0, 0))
    attempt(f"a pidfd of {pid}", lambda: syscall("pidfd_open", pid, 0))
    attempt(f"pages of {pid}", lambda: syscall("move_pages", pid, 0, 0, 0, 0, 0))
    attempt(f"pages of {pid}", lambda: syscall("migrate_pages", pid, 0, 0, 0))
for descriptor in range(8):
    attempt(f"from pidfd {descriptor}", lambda: syscall("pidfd_getfd", descriptor, 0, 0))
    attempt(f"to {descriptor}", lambda: syscall("process_madvise", descriptor, pointer, 1, 4, 0))
