# Leaves threads behind that would go on when training has ended.
# verdict: GRADED
# stopped by: end of the process
# shows: threads started

import threading
import time

from honest import build_augmentation, build_model, training_plan


def outlive():
    while threading.main_thread().is_alive():
        time.sleep(0.01)
    time.sleep(5)
    print("GOT IN: still here")


for _ in range(4):
    threading.Thread(target=outlive, daemon=False).start()
print("threads started")
