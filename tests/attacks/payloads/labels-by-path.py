# Reads the labels of the holdout by their path, as if somebody had told it.
# verdict: GRADED
# stopped by: Landlock

import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

attempt("the labels", lambda: open(insider.LABELS, "rb").read())
attempt("their folder", lambda: os.listdir(os.path.dirname(insider.LABELS)))
attempt("the cache", lambda: os.listdir(insider.CACHE))
attempt("to open them without reading", lambda: os.open(insider.LABELS, os.O_RDONLY))
attempt("to copy them", lambda: __import__("shutil").copyfile(insider.LABELS, "labels.npy"))
folder = os.path.dirname(os.path.dirname(insider.LABELS))
attempt("the checksum", lambda: open(os.path.join(folder, "manifest.json")).read())
