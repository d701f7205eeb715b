# Changes a file that is not its own in every way there is.
# verdict: GRADED
# stopped by: Landlock and seccomp

import os

import insider
from honest import attempt, build_augmentation, build_model, syscall, training_plan

path = insider.CANARY
attempt("reading it", lambda: open(path).read())
attempt("appending", lambda: open(path, "a"))
attempt("overwriting", lambda: open(path, "r+"))
attempt("truncating while opening to read", lambda: os.open(path, os.O_RDONLY | os.O_TRUNC))
attempt("truncating with the third access mode", lambda: os.open(path, 3 | os.O_TRUNC))
attempt("truncating", lambda: os.truncate(path, 0))
attempt("deleting", lambda: os.unlink(path))
attempt("renaming", lambda: os.rename(path, path + "x"))
open("own", "w").close()
attempt("replacing", lambda: os.rename("own", path), 18)
attempt(
    "swapping", lambda: syscall("renameat2", -100, b"own\0", -100, path.encode() + b"\0", 2), 18
)
attempt("an attribute", lambda: os.setxattr(path, "user.x", b"x"), 95)
attempt("an owner", lambda: os.chown(path, 12345, 12345))
os.chmod(path, 0o777)  # pretends to work
os.utime(path, (1, 1))
status = os.stat(path)
if status.st_mode & 0o111 or status.st_mtime == 1:
    print("GOT IN", status)
