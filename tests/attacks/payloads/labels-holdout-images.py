# Looks for the holdout's images while it trains, to show them in its log or its feature maps.
# verdict: GRADED
# stopped by: Landlock

import os
from pathlib import Path

import insider
import numpy as np
from honest import attempt, build_augmentation, build_model, local, training_plan

images = Path(insider.LABELS).parent.parent / "holdout_images.npy"
assert images.exists()
if local("a").holdout_images:
    print("GOT IN: a job was told of the holdout that runs this code")
attempt("images by name", lambda: images.read_bytes())
attempt("images by NumPy", lambda: np.load(images))
attempt("images mapped", lambda: np.load(images, mmap_mode="r"))
attempt("images from where they lie", lambda: os.listdir(images.parent))
