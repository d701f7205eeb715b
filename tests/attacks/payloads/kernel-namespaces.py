# Makes and enters namespaces, mounts and unmounts, changes the root.
# verdict: GRADED
# stopped by: seccomp

import os

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80):
    attempt(f"unshare {flag:x}", lambda: syscall("unshare", flag))
for descriptor in range(8):
    attempt(f"setns {descriptor}", lambda: syscall("setns", descriptor, 0))
attempt("chroot", lambda: os.chroot("."))
attempt("mount", lambda: syscall("mount", b"x\0", b".\0", b"tmpfs\0", 0, 0))
attempt("umount", lambda: syscall("umount2", b".\0", 2))
for name in "pivot_root fsopen fsmount open_tree move_mount mount_setattr fspick".split():
    attempt(name, lambda: syscall(name, 0, 0, 0, 0, 0))
