# Starts threads without end.
# verdict: RUNTIME_ERROR
# rule: thread-limit or exception
# stopped by: watchdog

import threading
import time

from honest import build_augmentation, build_model, training_plan

threading.stack_size(65536)
while True:
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
