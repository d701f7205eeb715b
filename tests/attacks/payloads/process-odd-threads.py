# Makes threads that share less than threads do: files, signals, memory of their own.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

VM, FILES, SIGHAND, THREAD = 0x100, 0x400, 0x800, 0x10000
whole = VM | FILES | SIGHAND | THREAD
for missing in (VM, FILES, SIGHAND, THREAD):
    attempt(f"without {missing:x}", lambda: syscall("clone", whole & ~missing, 0, 0, 0, 0))
for name, flag in {"user": 1 << 28, "pid": 1 << 29, "net": 1 << 30, "mount": 1 << 17}.items():
    attempt(f"in a new {name} namespace", lambda: syscall("clone", flag | 17, 0, 0, 0, 0))
attempt("unsharing files", lambda: syscall("unshare", FILES))
