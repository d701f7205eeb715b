"""Whether grading the same again comes to the same: busy, side by side, cold, elsewhere, later.

Three submissions are graded a hundred times in all. The harness owns the training loop and hands
it the images, so a student can use `tf.data` and `PyDataset` inside of the three functions only:
here, to adapt a normalisation to numbers made up in `build_model`.
"""
