"""Your network: {{ name }}.

Fill in the three functions below. In the folder with `grading.yaml` in it:

    autograder check assignment/submission.py     # complete and within the rules? seconds
    autograder train assignment/submission.py     # train as the grader will, to the bit; minutes
"""

from __future__ import annotations

import keras


def build_model(input_shape: tuple[int, int, int], num_classes: int) -> keras.Model:
    """Build the network, untrained.

    Args:
        input_shape: (height, width, 3) of one image, here ({{ image_size }}, {{ image_size }}, 3).
        num_classes: Number of classes to tell apart, here {{ classes }}.

    Returns:
        A model from float32 images (batch, height, width, 3) with values 0..255 to (batch,
        num_classes): probabilities or logits. Compile it, or leave it: then it is trained with
        Adam (learning rate 0.001) and sparse categorical cross-entropy.
    """
    raise NotImplementedError


def build_augmentation() -> keras.layers.Layer:
    """Build what changes the training images, differently in each epoch.

    Returns:
        A layer, or a `keras.Sequential` of layers, from float32 images (batch, height, width, 3),
        0..255, to the same shape and range. It is applied to training images only.
    """
    raise NotImplementedError


def training_plan() -> dict[str, int]:
    """Say how long to train, and in which steps.

    Returns:
        {"epochs": int, "batch_size": int}; `autograder check` says what that costs.
    """
    raise NotImplementedError
