# Keeps data in attributes of files, in locks and in notices instead of in files.
# verdict: GRADED
# stopped by: seccomp

import errno
import os

from honest import attempt, build_augmentation, build_model, syscall, training_plan

file = os.open("file", os.O_RDWR | os.O_CREAT)
for name in ("user.x", "trusted.x", "security.x", "system.posix_acl_access"):
    attempt(name, lambda: os.setxattr("file", name, bytes(1000)), errno.ENOTSUP)
    attempt(name, lambda: os.setxattr(file, name, bytes(1000)), errno.ENOTSUP)
attempt("the newest call for it", lambda: syscall("setxattrat", -100, b"file\0", 0, 0, 0, 0))
attempt("inotify_init1", lambda: syscall("inotify_init1", 0))
attempt("fanotify_init", lambda: syscall("fanotify_init", 0, 0))
attempt("sync of everything", lambda: syscall("sync"))
attempt("syncfs", lambda: syscall("syncfs", file))
attempt("quotactl", lambda: syscall("quotactl", 0, 0, 0, 0))
