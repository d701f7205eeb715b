# Looks through every descriptor that it was given, and reads what can be read.
# verdict: GRADED
# stopped by: never there

import errno
import os

from honest import attempt, build_augmentation, build_model, local, training_plan


def identity(descriptor):
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


# Python keeps a descriptor for each array that is mapped.
images = {
    (os.stat(value).st_dev, os.stat(value).st_ino)
    for name, value in vars(local("a")).items()
    if name.endswith("_images") and isinstance(value, str)
}
for descriptor in range(3, 4096):
    if identity(descriptor) and identity(descriptor) not in images:
        print("GOT IN", descriptor, os.fstat(descriptor))
for number in (1, 2):
    os.set_blocking(number, False)
    attempt(f"reading {number}", lambda: os.read(number, 100), errno.EBADF, errno.EAGAIN)
    os.set_blocking(number, True)
attempt("the list of them", lambda: os.listdir("/proc/self/fd"))
attempt("the list in another place", lambda: os.listdir(f"/proc/{os.getpid()}/fdinfo"))
if os.read(0, 100):
    print("GOT IN standard input")
