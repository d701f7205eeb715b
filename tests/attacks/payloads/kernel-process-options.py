# Loosens what ties a job down, by prctl: filters, privileges, dumps, its death with the zygote.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

HARMLESS = {3, 15, 16, 23, 39}  # reading settings, naming a thread
for option in (*range(1, 80), 0x59616D61, 0x53564D41):
    if option not in HARMLESS:
        for high in (0, 1 << 32):
            attempt(f"prctl {option}", lambda: syscall("prctl", option | high, 0, 0, 0, 0))
