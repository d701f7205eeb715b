# Opens and makes devices: disks, memory, terminals, virtual machines, file systems of its own.
# verdict: GRADED
# stopped by: Landlock and seccomp

import os
import stat

from honest import attempt, build_augmentation, build_model, training_plan

names = "mem kmem port kvm fuse ptmx tty console full zero random loop0 sda vda null0 shm hugepages"
for name in names.split():
    attempt(name, lambda: os.open(f"/dev/{name}", os.O_RDWR), 2, 6, 21)
attempt("a terminal", os.openpty)
for kind in (stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFREG):
    attempt(f"mknod {kind:o}", lambda: os.mknod("device", kind | 0o600, os.makedev(1, 3)))
attempt("mkfifo", lambda: os.mkfifo("fifo"))
