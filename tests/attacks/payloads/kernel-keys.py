# Uses the kernel's keyrings, which outlive processes and are shared by a user's.
# verdict: GRADED
# stopped by: seccomp

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

mark = insider.MARK.encode() + b"\0"
for ring in range(-8, 0):
    attempt(f"into {ring}", lambda: syscall("add_key", b"user\0", mark, mark, len(mark), ring))
    attempt(f"from {ring}", lambda: syscall("request_key", b"user\0", mark, 0, ring))
for command in range(32):
    attempt(f"keyctl {command}", lambda: syscall("keyctl", command, -3, 0, 0, 0))
