"""Trains every case a few steps, in one process that is warmed up as a job's is.

`python -m tests.bits.training [pattern]` prints a line of JSON for each case: its id and a SHA-256
for each of its parts. This is what runs on an emulated CPU, where starting takes longest.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sys
from typing import Any

from tests.bits.case import BATCH_SIZE, CHANNELS, CLASSES, SIZE, STEPS, Case
from tests.bits.cases import CASES, chosen

SEED = 1


def main() -> None:
    """Print the digests of all cases whose id contains the argument."""
    from autograder.worker import warm_up

    warm_up()
    gc.collect()
    gc.freeze()  # what was imported stays; looking through it would take longer than a training
    for case in chosen(CASES, sys.argv[1:]):
        print(json.dumps({"case": case.id} | digests(case)), flush=True)


def digests(case: Case) -> dict[str, str]:
    """Return a SHA-256 of each part of a training; of an error, what it says."""
    import keras

    keras.backend.clear_session(free_memory=False)
    keras.config.set_dtype_policy(case.policy)
    try:
        return {name: digest(arrays) for name, arrays in trained(case).items()}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:500]}
    finally:
        keras.config.set_dtype_policy("float32")


def digest(arrays: list[Any]) -> str:
    """Return a SHA-256 over the bytes of arrays; one that is not finite shows nothing."""
    import numpy as np

    found = hashlib.sha256()
    for array in arrays:
        found.update(
            f"{array.dtype} {array.shape}\n".encode() + np.ascontiguousarray(array).tobytes()
        )
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise FloatingPointError("numbers that are not finite")
    return found.hexdigest()


def trained(case: Case) -> dict[str, list[Any]]:
    """Make a few steps with the harness' own train step; return all that came of it, as arrays."""
    import keras
    import numpy as np

    from autograder.worker.loop import make_train_step

    model, augmentation = built(case)
    train_step = make_train_step(model, augmentation)
    random = np.random.Generator(np.random.PCG64(SEED))
    images = random.integers(0, 256, (BATCH_SIZE, SIZE, SIZE, 3), np.uint8)
    labels = np.arange(BATCH_SIZE, dtype=np.int32) % CLASSES
    initial = [weight.numpy() for weight in model.weights]
    keras.utils.set_random_seed(SEED)
    losses = [train_step(images, labels)[0].numpy() for _ in range(STEPS)]
    parts = {
        "initial weights": initial,
        "losses": losses,
        "optimizer, gradients": [variable.numpy() for variable in model.optimizer.variables],
        "weights": [weight.numpy() for weight in model.weights],
        "predictions": [model(images.astype(np.float32), training=False)],
    }
    if case.augmentation:
        parts["augmented images"] = [
            np.asarray(augmentation(images.astype(np.float32), training=True))
        ]
    return {name: [np.asarray(array) for array in arrays] for name, arrays in parts.items()}


def traced(case: Case) -> Any:
    """Return the ops of a case, as a job leaves them behind for the grader."""
    import keras

    from autograder.worker.loop import make_train_step
    from autograder.worker.tracing import trace

    keras.config.set_dtype_policy(case.policy)
    model, augmentation = built(case)
    step = make_train_step(model, augmentation)
    return trace(step, model, augmentation, SIZE, BATCH_SIZE)


def built(case: Case) -> tuple[Any, Any]:
    """Return a compiled model and its augmentation."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(SEED)
    layers = keras.layers
    inputs = keras.Input((SIZE, SIZE, 3))
    x = layers.Dense(CHANNELS)(layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    x = layers.Flatten()(case.network(layers, x))
    model = keras.Model(inputs, layers.Dense(CLASSES, dtype="float32")(x))
    augmentation = case.augmentation(layers) if case.augmentation else layers.Identity()
    augmentation(tf.zeros((1, SIZE, SIZE, 3)), training=True)
    model.compile(case.optimizer(keras), case.loss(keras))
    model.optimizer.build(model.trainable_variables)
    return model, augmentation


if __name__ == "__main__":
    main()
