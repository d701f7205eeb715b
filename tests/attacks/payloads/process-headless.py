# Ends its first thread, which /proc shows for the whole process, and sleeps on in another.
# verdict: RUNTIME_ERROR
# rule: crash
# stopped by: watchdog

import threading
import time

from honest import build_augmentation, build_model, syscall, training_plan

threading.Thread(target=time.sleep, args=(3600,)).start()
syscall("exit", 0)
