# Sleeps for ever, deaf to every signal that can be ignored.
# verdict: TIME_LIMIT
# rule: wall-limit
# stopped by: watchdog

import signal
import time

from honest import build_augmentation, build_model, training_plan

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    time.sleep(3600)
