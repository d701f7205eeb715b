# Writes where other users of the machine would find it.
# verdict: GRADED
# stopped by: Landlock

import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

code = os.path.dirname(__file__)
folders = ["/", "/tmp", "/var/tmp", "/etc", "/root", "/home", "/usr/lib", "..", code, "/dev"]
for folder in (*folders, insider.CLASS, insider.RESULTS, insider.CACHE, insider.TEMPORARY):
    path = f"{folder}/{insider.MARK}"
    attempt(f"a file in {folder}", lambda: open(path, "w"))
    attempt(f"a folder in {folder}", lambda: os.mkdir(path))
    attempt(f"a nameless file in {folder}", lambda: os.open(folder, os.O_TMPFILE | os.O_RDWR))
open("own", "w").close()
attempt("moving a file out", lambda: os.rename("own", f"/tmp/{insider.MARK}"), 18)
attempt("linking a file out", lambda: os.link("own", f"/tmp/{insider.MARK}"))
