# Computes for ever, and is deaf to the kernel's warning.
# verdict: TIME_LIMIT
# rule: cpu-limit
# stopped by: rlimit

import signal

from honest import build_augmentation, build_model, training_plan

signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while True:
    pass
