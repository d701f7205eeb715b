# Wants to be called once the job is over: atexit, finalizers, exit hooks, destructors.
# verdict: GRADED
# stopped by: end of the process
# shows: hooks set

import atexit
import sys
import threading
import weakref

from honest import build_augmentation, build_model, training_plan


class Last:
    def __del__(self):
        overwrite()


def overwrite():
    with open("training.json", "w") as file:
        file.write("{}")
    print("GOT IN: after the end")


kept = Last()
sys.last = weakref.finalize(kept, overwrite)
atexit.register(overwrite)
threading._register_atexit(overwrite)
print("hooks set")
