"""A model's raw outputs."""

from __future__ import annotations

from typing import Any

from autograder.worker.arguments import Data
from autograder.worker.contract import ContractError

_BATCH, _PIXELS = 256, 256 * 64 * 64


def batch_of(image_size: int) -> int:
    """Return how many images to predict at once: fewer of large ones, for the memory's sake."""
    return min(_BATCH, max(1, _PIXELS // image_size**2))


class Predictor:
    """A model's raw outputs as little-endian float32, one row an image; traced once."""

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self._graph = tf.function(
            lambda batch: model(tf.cast(batch, tf.float32), training=False),
            autograph=False,  # as in Keras' own loop
            reduce_retracing=True,
        )

    def __call__(self, images: Any) -> Any:
        """Predict uint8 or float32 images, (count, height, width, 3), in batches."""
        import numpy as np
        import tensorflow as tf

        parts = []
        batch = batch_of(images.shape[1])
        for start in range(0, len(images), batch):
            outputs = self._graph(tf.constant(images[start : start + batch]))
            if not tf.is_tensor(outputs):
                kind = type(outputs).__name__
                raise ContractError(f"the model's output is a {kind}, not one tensor")
            parts.append(outputs.numpy())
        return np.concatenate(parts).astype("<f4")


def predict_splits(predict: Predictor, data: Data) -> None:
    """Leave the predictions of all there is to predict behind."""
    predict(data.validation_images).tofile("validation.f32")
    if data.holdout_images is not None:
        predict(data.holdout_images).tofile("holdout.f32")
    if data.corrupted_images is not None:
        predict(data.corrupted_images).tofile("corrupted.f32")
