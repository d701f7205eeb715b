# Becomes or starts another program.
# verdict: GRADED
# stopped by: seccomp

import multiprocessing
import os
import subprocess
import sys

from honest import attempt, build_augmentation, build_model, syscall, training_plan

attempt("execv", lambda: os.execv("/bin/sh", ["sh"]))
attempt("execve of itself", lambda: os.execv(sys.executable, [sys.executable, "-c", "1"]))
attempt("execveat", lambda: syscall("execveat", -100, b"/bin/sh\0", 0, 0, 0))
attempt("posix_spawn", lambda: os.posix_spawn("/bin/sh", ["sh"], {}))
attempt("subprocess", lambda: subprocess.run(["/bin/sh", "-c", "true"], check=False))
attempt("popen", lambda: os.popen("true"))
context = multiprocessing.get_context("fork")
attempt("multiprocessing", lambda: context.Process(target=print).start())
