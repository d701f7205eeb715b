# Reads and writes in the folders of other jobs, older and younger ones.
# verdict: GRADED
# stopped by: Landlock

import os
import re

from honest import attempt, build_augmentation, build_model, training_plan

own = os.getcwd()
number = int(re.search(r"job-(\d+)", own)[1])
for other in range(max(1, number - 5), number + 6):
    if other == number:
        continue
    work = own.replace(f"job-{number}", f"job-{other}")
    code = work.removesuffix("work") + "code"
    for folder in (work, code):
        attempt(f"listing {other}", lambda: os.listdir(folder), 2)
        attempt(f"writing into {other}", lambda: open(f"{folder}/x", "w"), 2)
    attempt(f"reading {other}", lambda: open(f"{code}/submission.py").read(), 2)
    attempt(f"moving {other}", lambda: os.rename(work, "stolen"), 2, 18, 16)
attempt("its own code", lambda: open(own.removesuffix("work") + "code/submission.py", "a"))
attempt("what lies beside its own folder", lambda: open("../x", "w"))
attempt("removing its own folder", lambda: os.rmdir(own), 16)
