# Reads the labels by the libraries' own ways to read files.
# verdict: GRADED
# stopped by: Landlock

import numpy as np
import tensorflow as tf

import insider
from honest import attempt, build_augmentation, build_model, training_plan

attempt("numpy.load", lambda: np.load(insider.LABELS))
attempt("numpy.memmap", lambda: np.memmap(insider.LABELS))
attempt("numpy.fromfile", lambda: np.fromfile(insider.LABELS))
attempt("tf.io.read_file", lambda: tf.io.read_file(insider.LABELS))
attempt("tf.io.gfile", lambda: tf.io.gfile.GFile(insider.LABELS, "rb").read())
attempt("tf.data", lambda: next(iter(tf.data.FixedLengthRecordDataset(insider.LABELS, 4))))
graph = tf.function(lambda: tf.raw_ops.ReadFile(filename=insider.LABELS), autograph=False)
attempt("a graph", graph)
