# Changes the data through its mapping in memory, which it shares with other jobs.
# verdict: GRADED
# stopped by: the kernel: opened for reading

import ctypes
import errno
import mmap
import os

from honest import attempt, build_augmentation, build_model, local, syscall, training_plan

images = local("data").train_images
start = images.ctypes.data & ~4095
attempt("making its pages writable", lambda: syscall("mprotect", start, 4096, 3))
file = os.open(local("a").train_images, os.O_RDONLY)
attempt("a writable mapping", lambda: syscall("mmap", 0, 4096, 3, mmap.MAP_SHARED, file, 0))
attempt("room behind its end", lambda: syscall("fallocate", file, 0, 0, 1 << 20), errno.EBADF)
attempt("cutting it short", lambda: os.ftruncate(file, 0), errno.EBADF, errno.EINVAL)
attempt("writing", lambda: os.write(file, b"x"), errno.EBADF)
attempt("copying into it", lambda: os.copy_file_range(0, file, 1), errno.EBADF, errno.EINVAL)
attempt("splicing into it", lambda: os.sendfile(file, file, 0, 1), errno.EBADF, errno.EINVAL)
