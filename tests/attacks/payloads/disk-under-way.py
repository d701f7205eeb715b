# Keeps deleted files alive in calls that never end: sending them into a full pipe, waiting for locks.
# verdict: GRADED
# stopped by: seccomp

import os
import threading
import time

from honest import attempt, build_augmentation, build_model, syscall, training_plan

source, sink = os.pipe()
os.write(sink, bytes(65536))


def wait_with(file):
    attempt("sending it", lambda: os.sendfile(sink, file, 0, 1))
    attempt("splicing it", lambda: syscall("splice", file, 0, sink, 0, 1, 0))


for number in range(3):
    file = os.open(f"{number}", os.O_RDWR | os.O_CREAT)
    os.write(file, bytes(1 << 20))
    threading.Thread(target=wait_with, args=(file,), daemon=True).start()
    time.sleep(0.2)
    os.unlink(f"{number}")
    os.close(file)
