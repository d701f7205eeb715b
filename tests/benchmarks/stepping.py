"""Trains the architectures a few steps each, in turns, and writes down CPU seconds and ops.

A process of its own, in the environment of a job: `python -m tests.benchmarks.stepping out.json`.
"""

from __future__ import annotations

import functools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.architectures import ARCHITECTURES, CLASSES, SIZE, Architecture

ROUNDS, VISIT_S = 8, 0.15


def main() -> None:
    """Build and trace every architecture, then give each a few steps, round after round."""
    from autograder.worker import warm_up
    from autograder.worker.prediction import batch_of

    warm_up()
    graphs: dict[str, Any] = {}
    tracing_s: dict[str, float] = {}
    work: dict[tuple[str, str], Callable[[], object]] = {}
    for architecture in ARCHITECTURES:
        name = architecture.name
        model, train_step, graphs[name], tracing_s[name] = built(architecture)
        images, labels = data(architecture.batch_size)
        more_images, _ = data(batch_of(SIZE))
        work[name, "train"] = functools.partial(train_step, images, labels)
        work[name, "predict"] = functools.partial(model, more_images)
    for run in work.values():
        run()
    visits: dict[tuple[str, str], list[float]] = {key: [] for key in work}
    for _ in range(ROUNDS):
        for key, run in work.items():
            visits[key].append(cpu_s(run))
    measured = {
        name: {task: min(visits[name, task]) for task in ("train", "predict")} for name in graphs
    }
    found = {"graphs": graphs, "cpu_s": measured, "tracing_s": tracing_s}
    Path(sys.argv[1]).write_text(json.dumps(found), "utf-8")


def built(
    architecture: Architecture,
) -> tuple[Callable[[Any], Any], Callable[..., Any], Any, float]:
    """Return what predicts, what trains, the ops of both, and the CPU seconds of tracing them."""
    import keras
    import tensorflow as tf

    from autograder.worker.loop import make_train_step
    from autograder.worker.prediction import Predictor
    from autograder.worker.tracing import trace

    keras.utils.set_random_seed(0)
    inputs = keras.Input((SIZE, SIZE, 3))
    model = keras.Model(inputs, architecture.network(keras.layers, inputs))
    augmentation = architecture.augmentation(keras.layers)
    augmentation(tf.zeros((1, SIZE, SIZE, 3)), training=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(architecture.optimizer, loss)
    model.optimizer.build(model.trainable_variables)
    train_step = make_train_step(model, augmentation)
    started = time.process_time()
    ops = trace(train_step, model, augmentation, SIZE, architecture.batch_size)
    return Predictor(model), train_step, ops, time.process_time() - started


def data(count: int) -> tuple[Any, Any]:
    import numpy as np

    random = np.random.default_rng(0)
    images = random.integers(0, 256, (count, SIZE, SIZE, 3), np.uint8)
    return images, np.arange(count, dtype=np.int32) % CLASSES


def cpu_s(run: Callable[[], object]) -> float:
    """Return the CPU seconds of one run, the mean of as many as fill a visit."""
    started, runs = time.process_time(), 0
    while runs < 2 or time.process_time() - started < VISIT_S:
        run()
        runs += 1
    return (time.process_time() - started) / runs


if __name__ == "__main__":
    main()
