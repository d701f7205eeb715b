# Becomes somebody else, or gains what it gave up: user ids, groups, capabilities.
# verdict: GRADED
# stopped by: seccomp

import os

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for number in (0, 1, 1000, 65534):
    attempt("setuid", lambda: os.setuid(number))
    attempt("setgid", lambda: os.setgid(number))
    attempt("setresuid", lambda: os.setresuid(number, number, number))
    attempt("setgroups", lambda: os.setgroups([number]))
    attempt("setfsuid", lambda: syscall("setfsuid", number))
    attempt("setfsgid", lambda: syscall("setfsgid", number))
header = (0x20080522).to_bytes(4, "little") + bytes(4)
attempt("capset", lambda: syscall("capset", header, b"\xff" * 24))
attempt("capget", lambda: syscall("capget", header, bytes(24)))
attempt("personality", lambda: syscall("personality", 0x0040000))
