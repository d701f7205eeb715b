# Puts links, pipes, sockets and devices where the grader expects its outputs.
# verdict: GRADED
# stopped by: seccomp

import os
import socket
import stat

import insider
from honest import attempt, build_augmentation, build_model, training_plan

for name in ("description.json", "holdout.f32", "training.json", "progress", "error.json"):
    attempt(f"a link at {name}", lambda: os.symlink(insider.LABELS, name))
    attempt(f"a hard link at {name}", lambda: os.link(insider.LABELS, name))
    attempt(f"a FIFO at {name}", lambda: os.mkfifo(name))
    attempt(f"a device at {name}", lambda: os.mknod(name, stat.S_IFCHR, os.makedev(1, 5)))
    attempt(f"a socket at {name}", lambda: socket.socket(socket.AF_UNIX).bind(name))
