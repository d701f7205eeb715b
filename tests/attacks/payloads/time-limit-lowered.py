# Lowers its own limit on time, so that the kernel kills it as somebody at the machine would.
# verdict: GRADED
# stopped by: seccomp

import resource
import struct

from honest import attempt, build_augmentation, build_model, syscall, training_plan

one_second = struct.pack("QQ", 1, 1)
kinds = [value for name, value in vars(resource).items() if name.startswith("RLIMIT_")]
for kind in kinds:
    if kind != resource.RLIMIT_CPU:
        same = struct.pack("qq", *resource.getrlimit(kind))
        attempt(f"limit {kind}", lambda: syscall("prlimit64", 0, kind, same, 0))
if (
    attempt("a second at most", lambda: syscall("prlimit64", 0, resource.RLIMIT_CPU, one_second, 0))
    == 0
):
    while True:
        pass
