# Asks for the size and the date of the labels, and whether they are there.
# verdict: GRADED
# stopped by: nothing to gain
# allowed: whoever knows a path learns size and date of the file; labels are neither

import errno
import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

attempt("their size", lambda: os.stat(insider.LABELS).st_size)
attempt("to read them", lambda: open(insider.LABELS))
attempt("their attributes", lambda: os.listxattr(insider.LABELS), errno.ENOTSUP)
