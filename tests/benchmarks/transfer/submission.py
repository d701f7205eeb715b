"""The network of `make bench-transfer`: it learns from rendered signs and reads real photographs.

In the contract of the assignment, but for ten minutes of one core and for images without end; what
each part was worth is in docs/transfer.md.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers, ops

EPOCHS, BATCH_SIZE = 100, 64
STEPS = EPOCHS * (4000 // BATCH_SIZE)
WARM_UP = 100
LABEL_SMOOTHING = 0.05


def build_model(input_shape: tuple[int, int, int], num_classes: int) -> Any:
    """Pool before normalising, where the image is large: the rest then works on a quarter of it."""
    inputs = keras.Input(input_shape)
    # Each image by its own mean and contrast: dusk and glare look alike then.
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(inputs)
    x = LookAround()(x)
    x = _convolve(x, 32, size=5, pool=True)
    x = _convolve(x, 64, pool=True)
    x = _convolve(x, 128)
    x = _convolve(x, 160, pool=True)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    x = layers.Dense(128, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.97)(x))
    x = layers.Dropout(0.2)(x)
    model = keras.Model(inputs, Agree()(layers.Dense(num_classes)(x)))
    model.compile(
        optimizer=keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(
                0.0, STEPS - WARM_UP, warmup_target=2e-3, warmup_steps=WARM_UP
            ),
            weight_decay=1e-3,
            use_ema=True,
            ema_momentum=0.99,
        ),
        loss=smoothed_cross_entropy,
    )
    return model


def _convolve(x: Any, width: int, *, size: int = 3, pool: bool = False) -> Any:
    x = layers.Conv2D(width, size, padding="same", use_bias=False)(x)
    if pool:
        x = layers.MaxPooling2D()(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.97)(x))


def smoothed_cross_entropy(labels: Any, logits: Any) -> Any:
    """Cross-entropy with a little doubt about every label."""
    wanted = ops.one_hot(ops.cast(labels, "int32"), logits.shape[-1])
    wanted = wanted * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / logits.shape[-1]
    return -ops.sum(wanted * ops.log_softmax(logits), axis=-1)


class SameShape(layers.Layer):  # type: ignore[misc]
    """A layer whose output has the shape of its input, but for the number of images."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Keep the shape."""
        return input_shape


class LookAround(SameShape):
    """When predicting, shows five views of an image: as it is, and a pixel off each way."""

    def call(self, images: Any, training: bool = False) -> Any:
        """Return (5 x batch, height, width, channels), or the images if training."""
        if training:
            return images
        _, height, width, _ = images.shape
        # The border repeats the edge.
        wide = ops.concatenate([images[:, :1], images, images[:, -1:]], axis=1)
        wide = ops.concatenate([wide[:, :, :1], wide, wide[:, :, -1:]], axis=2)
        places = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))
        views = [wide[:, y : y + height, x : x + width] for y, x in places]
        return ops.concatenate(views, axis=0)


class Agree(SameShape):
    """When predicting, takes the mean of the probabilities of the five views."""

    def call(self, logits: Any, training: bool = False) -> Any:
        """Return the logarithms of the means, or the logits if training."""
        if training:
            return logits
        probabilities = ops.softmax(ops.reshape(logits, (5, -1, logits.shape[-1])))
        return ops.log(ops.mean(probabilities, axis=0) + 1e-7)


class RandomCrop(SameShape):
    """Cuts each image out again: a little off, larger or smaller, wider or higher."""

    def __init__(self, shift: float = 1.5, zoom: float = 0.08, stretch: float = 0.05) -> None:
        """Take the largest shift (pixels), and zoom and stretch (logarithms)."""
        super().__init__()
        self.shift, self.zoom, self.stretch = shift, zoom, stretch

    def call(self, images: Any, training: bool = False) -> Any:
        """Return the images, cut out anew if training."""
        if not training:
            return images
        count, size = tf.shape(images)[0], images.shape[1]
        margin = size // 5
        wide = tf.pad(images, [[0, 0], [margin] * 2, [margin] * 2, [0, 0]], "SYMMETRIC")
        last = size + 2 * margin - 1
        zoom = tf.random.uniform((count, 1), -self.zoom, self.zoom)
        stretch = tf.random.uniform((count, 2), -self.stretch, self.stretch)
        half = tf.exp(zoom + stretch) * ((size - 1) / 2 / last)
        middle = 0.5 + tf.random.uniform((count, 2), -self.shift, self.shift) / last
        boxes = tf.concat([middle - half, middle + half], axis=1)
        return tf.image.crop_and_resize(wide, boxes, tf.range(count), (size, size))


def build_augmentation() -> Any:
    """The stream varies everything itself; this makes a second look at an image worth more."""
    return RandomCrop()


def training_plan() -> dict[str, int]:
    """Take as many steps as ten minutes of a fast core allow."""
    return {"epochs": EPOCHS, "batch_size": BATCH_SIZE}
