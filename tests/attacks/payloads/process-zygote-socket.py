# Uses what the zygote's objects in memory stand for: its socket, its pipes, its selector.
# verdict: GRADED
# stopped by: never there

import errno
import os

from honest import attempt, build_augmentation, build_model, frames, training_plan

zygote = next(f.f_locals["self"] for f in frames() if hasattr(f.f_locals.get("self"), "_jobs"))
BAD = errno.EBADF
attempt(
    "speaking to the grader", lambda: zygote._connection.send(b'{"done": 1}\n'), BAD, errno.ENOTSOCK
)
attempt("listening to the grader", lambda: zygote._connection.recv(100), BAD, errno.ENOTSOCK)
attempt("the selector", lambda: zygote._selector.select(0), BAD, errno.EINVAL)
