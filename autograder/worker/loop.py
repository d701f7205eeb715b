"""The training loop: ours, so that a student's plan decides and no clock does."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.worker.arguments import Arguments, Data
from autograder.worker.determinism import reseed
from autograder.worker.keeping import keep_quarter
from autograder.worker.prediction import Predictor, batch_of


def compile_model(model: Any, predict: Predictor, data: Data) -> None:
    """Leave the student's compile alone; where there is none, use Adam and cross-entropy."""
    import keras
    import numpy as np

    if not getattr(model, "compiled", False):
        images = data.validation_images
        outputs = predict(images[: batch_of(images.shape[1])])
        sums = outputs.sum(axis=1)
        probabilities = bool((outputs >= 0).all() and np.allclose(sums, 1, atol=1e-3))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not probabilities)
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss)
    if model.trainable_variables:
        model.optimizer.build(model.trainable_variables)


def fit(model: Any, augmentation: Any, predict: Predictor, a: Arguments, data: Data) -> None:
    """Make a fixed number of steps over seeded permutations of the images."""
    import numpy as np

    images, labels = data.train_images, data.train_labels
    order = np.random.Generator(np.random.PCG64(a.seed))
    train_step = make_train_step(model, augmentation)
    quarters = [-(-a.steps * quarter // 4) for quarter in (1, 2, 3)]
    reseed(a.seed)
    loss_sum = hits = seen = 0.0
    permutation = order.permutation(len(images))
    with Path("history.jsonl").open("w", encoding="utf-8") as history:
        for step in range(a.steps):
            position = step % a.steps_per_epoch
            if position == 0 and step:
                permutation = order.permutation(len(images))
            chosen = permutation[position * a.batch_size : (position + 1) * a.batch_size]
            loss, hit = train_step(images[chosen], labels[chosen])
            loss_sum, hits, seen = loss_sum + float(loss), hits + float(hit), seen + len(chosen)
            _write_progress(step + 1, a.steps)
            if a.keep_quarters and step + 1 in quarters:
                keep_quarter(model, quarters.index(step + 1) + 1, a.keep_bytes)
            if position + 1 == a.steps_per_epoch or step + 1 == a.steps:
                steps_made = position + 1
                line = {
                    "epoch": step // a.steps_per_epoch + 1,
                    "step": step + 1,
                    "loss": loss_sum / steps_made,
                    "accuracy": hits / seen,
                } | _validate(model, predict, data)
                history.write(json.dumps(line) + "\n")
                history.flush()
                if not math.isfinite(loss_sum):
                    break  # diverged; more steps cannot bring it back
                loss_sum = hits = seen = 0.0


def make_train_step(model: Any, augmentation: Any) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return one optimizer step as a graph: images and labels in, loss and number of hits out."""
    import tensorflow as tf

    def step(images: Any, labels: Any) -> tuple[Any, Any]:
        batch = augmentation(tf.cast(images, tf.float32), training=True)
        with tf.GradientTape() as tape:
            outputs = model(batch, training=True)
            loss = model.compute_loss(x=batch, y=labels, y_pred=outputs, training=True)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        predicted = tf.argmax(outputs, axis=-1, output_type=tf.int32)
        return loss, tf.math.count_nonzero(predicted == labels)

    graph = tf.function(step, autograph=False)
    return lambda images, labels: graph(tf.constant(images), tf.constant(labels))


def _validate(model: Any, predict: Predictor, data: Data) -> dict[str, float]:
    labels = data.validation_labels
    outputs = predict(data.validation_images)
    # What layers add of their own are tensors of a graph that has ended; penalties on weights stay.
    model._clear_losses()  # noqa: SLF001
    loss = float(model.compute_loss(y=labels, y_pred=outputs, training=False))
    accuracy = float((outputs.argmax(axis=1) == labels).mean())
    return {"validation_loss": loss, "validation_accuracy": accuracy}


def _write_progress(step: int, steps: int) -> None:
    descriptor = os.open("progress", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{step:>10} {steps:>10}".encode())
    finally:
        os.close(descriptor)
