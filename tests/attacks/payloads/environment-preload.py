# Sets what changes programs started later: LD_PRELOAD, PYTHONPATH, PYTHONSTARTUP.
# verdict: GRADED
# stopped by: seccomp

import os
import subprocess
import sys

from honest import attempt, build_augmentation, build_model, libc, training_plan

with open("evil.py", "w") as file:
    file.write("print('GOT IN: started with it')\n")
for name in (
    "LD_PRELOAD",
    "LD_AUDIT",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONHOME",
):
    os.environ[name] = os.path.abspath("evil.py")
    libc.setenv(name.encode(), b"evil.so", 1)
attempt("a program with it", lambda: subprocess.run([sys.executable, "-c", "1"], check=False))
attempt("a shell with it", lambda: subprocess.run(["true"], check=False))
attempt("preloading for all", lambda: open("/etc/ld.so.preload", "a"))
