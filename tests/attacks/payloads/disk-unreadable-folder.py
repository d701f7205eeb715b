# Hides files in folders that nobody may look into, itself included.
# verdict: GRADED
# stopped by: seccomp

import os

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for high in (0, 1 << 32):
    for mask in (0o777, 0o400, 0o100):
        attempt(f"umask {mask:o}", lambda: syscall("umask", mask | high))
    for mode in (0o000, 0o300, 0o077):
        attempt(f"mkdir {mode:o}", lambda: syscall("mkdir", b"hidden\0", mode | high))
        attempt(f"mkdirat {mode:o}", lambda: syscall("mkdirat", -100, b"hidden\0", mode | high))
os.mkdir("folder")
os.chmod("folder", 0)
print("hidden", os.listdir("folder"))
