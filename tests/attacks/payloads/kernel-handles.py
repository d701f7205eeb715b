# Opens files past their paths: by handles, by nameless and strange flags, by newer calls.
# verdict: GRADED
# stopped by: seccomp and Landlock

import os

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

path = insider.LABELS.encode() + b"\0"
handle = (128).to_bytes(4, "little") + bytes(132)
attempt("name_to_handle_at", lambda: syscall("name_to_handle_at", -100, path, handle, bytes(4), 0))
attempt("open_by_handle_at", lambda: syscall("open_by_handle_at", 0, handle, 0))
attempt("openat2", lambda: syscall("openat2", -100, path, bytes(24), 24))
attempt("creat", lambda: syscall("creat", insider.CANARY.encode() + b"\0", 0o600))
# 3 is neither reading nor writing: for ioctl, says open(2).
for flag in (os.O_DIRECT, os.O_NOATIME, os.O_SYNC, 3):
    attempt(f"open, {flag:o}", lambda: os.open(insider.LABELS, os.O_RDONLY | flag))
# A descriptor of the path alone may be had; it reads nothing.
place = os.open(insider.CANARY, os.O_PATH)
attempt("reading it", lambda: os.read(place, 100), 9)
attempt("mapping it", lambda: syscall("mmap", 0, 4096, 1, 2, place, 0), 9)
attempt("reopening it", lambda: os.open(f"/proc/self/fd/{place}", os.O_RDONLY))
attempt("sending it", lambda: os.sendfile(1, place, 0, 100), 9, 22)
