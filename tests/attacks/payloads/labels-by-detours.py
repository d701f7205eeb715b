# Reaches the labels on other paths: links, /proc, dots, renaming them into its own folder.
# verdict: GRADED
# stopped by: Landlock and seccomp

import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

attempt("a symlink", lambda: os.symlink(insider.LABELS, "link"))
attempt("a hard link", lambda: os.link(insider.LABELS, "link"))
attempt("moving them here", lambda: os.rename(insider.LABELS, "labels.npy"), 18)
attempt("moving their folder", lambda: os.rename(os.path.dirname(insider.LABELS), "sealed"), 18)
for root in (f"/proc/{insider.GRADER}/root", f"/proc/{os.getppid()}/root", "/proc/self/root"):
    attempt(root, lambda: open(root + insider.LABELS), 2)  # or there is no such process
up = "../" * os.getcwd().count("/")
attempt("dots", lambda: open(up + insider.LABELS[1:]))
attempt("slashes", lambda: open("//" + insider.LABELS.replace("/", "/./")))
folder = os.open(".", os.O_RDONLY)
attempt("a descriptor", lambda: os.open(up + insider.LABELS[1:], os.O_RDONLY, dir_fd=folder))
