# Changes the images and labels that all submissions are trained on.
# verdict: GRADED
# stopped by: Landlock

import os

from honest import attempt, build_augmentation, build_model, local, training_plan

paths = [path for path in vars(local("a")).values() if str(path).endswith(".npy")]
open("own", "w").close()
for path in paths:
    name = os.path.basename(path)
    attempt(f"writing {name}", lambda: os.open(path, os.O_WRONLY))
    attempt(f"writing and reading {name}", lambda: os.open(path, os.O_RDWR))
    attempt(f"emptying {name}", lambda: os.open(path, os.O_RDONLY | os.O_TRUNC))
    attempt(f"deleting {name}", lambda: os.unlink(path))
    attempt(f"replacing {name}", lambda: os.rename("own", path), 18)
    attempt(f"moving {name}", lambda: os.rename(path, "stolen"), 18)
    attempt(f"another beside {name}", lambda: open(path + ".new", "w"))
attempt("their manifest", lambda: open(os.path.dirname(paths[0]) + "/manifest.json"))
