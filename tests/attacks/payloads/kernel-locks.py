# Tells another job something by locks on a file that both can read.
# verdict: GRADED
# stopped by: seccomp
# shows: nobody has seen a lock

import fcntl
import os
import struct

from honest import build_augmentation, build_model, local, training_plan

LOCK = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0x4B1D, 1, 0)
path = local("a").train_images
mine, other = os.open(path, os.O_RDONLY), os.open(path, os.O_RDONLY)
fcntl.flock(mine, fcntl.LOCK_EX)
try:  # another description of the file is to the kernel what another job would be
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError as error:
    print("GOT " + "IN: it is locked", error)
for command in (36, 37, 38):  # F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW
    try:
        print("GOT " + "IN", fcntl.fcntl(mine, command, LOCK))
    except OSError as error:
        print("REFUSED", error)
if fcntl.fcntl(other, fcntl.F_GETLK, LOCK) == LOCK:
    print("nobody has seen a lock")
