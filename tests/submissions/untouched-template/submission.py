"""Your network for German road signs.

Fill in the three functions below. The grader calls them, trains what you return and scores it on
signs that nobody has seen. Before you hand it in, and as often as you like, in the folder with
`grading.yaml` in it:

    autograder check assignment/submission.py     # complete and within the rules? seconds
    autograder train assignment/submission.py     # train as the grader will, to the bit; minutes

You may add functions, classes and modules of your own beside this file.
"""

from __future__ import annotations

import keras


def build_model(input_shape: tuple[int, int, int], num_classes: int) -> keras.Model:
    """Build the network, untrained.

    Args:
        input_shape: (height, width, 3) of one image, here (32, 32, 3).
        num_classes: Number of signs to tell apart, here 43.

    Returns:
        A model, Sequential, functional or a class of your own, from float32 images (batch,
        height, width, 3) with values 0..255 to (batch, num_classes): probabilities (after a
        softmax) or logits. The values arrive as they are, so scale them inside of the network,
        for example with `keras.layers.Rescaling(1 / 255)`.

        Compile it with an optimizer and a loss for int32 class ids, such as
        "sparse_categorical_crossentropy", or leave it: then it is trained with Adam (learning
        rate 0.001) and sparse categorical cross-entropy.

    What counts: it has at least two convolution layers and at most 1,500,000 parameters, and it
    starts untrained.
    """
    raise NotImplementedError


def build_augmentation() -> keras.layers.Layer:
    """Build what changes the training images, differently in each epoch.

    Returns:
        A layer, or a `keras.Sequential` of layers such as `keras.layers.RandomRotation`, from
        float32 images (batch, height, width, 3), 0..255, to the same shape and range. It is
        applied to training images only, never to those that the network is scored on.

    What counts: it is random. Think of what a camera on a car might see, and of what must not
    happen: flipped, "keep right" is "keep left".
    """
    raise NotImplementedError


def training_plan() -> dict[str, int]:
    """Say how long to train, and in which steps.

    Returns:
        {"epochs": int, "batch_size": int}. All steps together may cost 40 reference seconds;
        `autograder check` says what yours cost, and after that, training ends. No clock is
        involved, so a slow computer trains exactly as far as a fast one.
    """
    raise NotImplementedError
