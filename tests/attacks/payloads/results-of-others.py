# Reads and writes the results and the submissions of others.
# verdict: GRADED
# stopped by: Landlock

import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

for name in ("l-sibling", "results-of-others"):
    for file in ("report.json", "feedback.md", "job.log", "submission.zip"):
        path = f"{insider.RESULTS}/submissions/{name}/{file}"
        attempt(f"writing {path}", lambda: open(path, "w"), 2)
        attempt(f"reading {path}", lambda: open(path), 2)
    attempt("a folder", lambda: os.makedirs(f"{insider.RESULTS}/submissions/{name}-2"), 2)
    attempt("another's source", lambda: open(f"{insider.CLASS}/{name}/submission.py"), 2)
for name in ("gradebook.csv", ".autograder.lock", ".autograder.json"):
    attempt(name, lambda: open(f"{insider.RESULTS}/{name}", "a"), 2)
