# Makes, renames and removes files under the eyes of whoever measures them.
# verdict: GRADED
# stopped by: watchdog that copes
# shows: churned

import contextlib
import os
import shutil
import threading
import time

from honest import build_augmentation, build_model, training_plan

until = time.monotonic() + 1.5


def churn(name):
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            os.makedirs(f"{name}/a/b/c")
            for number in range(20):
                open(f"{name}/a/{number}", "w").close()
            os.rename(f"{name}/a", f"{name}/z")
            os.rename(f"{name}/z/b", f"moved-{name}")
        shutil.rmtree(name, ignore_errors=True)
        shutil.rmtree(f"moved-{name}", ignore_errors=True)


threads = [threading.Thread(target=churn, args=(name,)) for name in "pqrs"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("churned")
