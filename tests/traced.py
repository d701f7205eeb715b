"""Traces models of every awkward kind, and writes down what `trace` made of each.

A process of its own, since it needs Keras: `python -m tests.traced out.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZE, BATCH, CLASSES = 12, 4, 5
Case = Callable[[], Any]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Register what returns a model."""
    CASES[function.__name__] = function
    return function


def functional(*body: Any) -> Any:
    """Return a model of these layers one after the other, with a dense layer as its head."""
    import keras

    x = inputs = keras.Input((SIZE, SIZE, 3))
    for layer in body:
        x = layer(x)
    x = keras.layers.Flatten(name="flat")(x)
    return keras.Model(inputs, keras.layers.Dense(CLASSES, name="head")(x))


def augmentation() -> Any:
    from keras import Sequential, layers

    return Sequential([layers.RandomRotation(0.1), layers.RandomContrast(0.1)])


@case
def plain() -> Any:
    """The first layer is of a kind that augments, too: in the model it is the model's."""
    from keras import layers

    return functional(
        layers.RandomRotation(0.1, name="turned"),
        layers.Conv2D(4, 3, name="first"),
        layers.Conv2D(6, 3, name="second", activation="relu"),
    )


@case
def bfloat16() -> Any:
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        return plain()
    finally:
        keras.config.set_dtype_policy("float32")


@case
def nested() -> Any:
    from keras import Sequential, layers

    class Block(layers.Layer):  # type: ignore[misc]
        def __init__(self, **more: Any) -> None:
            super().__init__(**more)
            self.hidden = layers.Conv2D(4, 3, name="hidden")

        def call(self, x: Any) -> Any:
            return self.hidden(x)

    twice = layers.Conv2D(3, 3, padding="same", name="twice")
    inner = Sequential([layers.Conv2D(4, 3, name="deep"), Block(name="block")], name="inner")
    return functional(twice, twice, Sequential([inner], name="outer"))


@case
def recurrent() -> Any:
    from keras import layers

    return functional(layers.Reshape((SIZE, SIZE * 3)), layers.LSTM(8, name="lstm"))


@case
def hand_made() -> Any:
    import tensorflow as tf
    from keras import layers

    class Wave(layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.mixing = self.add_weight(shape=(shape[-1], 7))

        def call(self, x: Any) -> Any:
            return tf.sin(tf.einsum("bhwc,cd->bhwd", x, self.mixing))

    class Either(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return tf.cond(tf.reduce_sum(x) > 0, lambda: tf.exp(x), lambda: tf.cos(x))

    class Odd(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x + tf.math.special.bessel_j0(x)

    class Outside(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            y = tf.numpy_function(lambda a: a, [x], tf.float32, stateful=False)
            return x + tf.stop_gradient(tf.ensure_shape(y, x.shape))

    class Bright(layers.Layer):  # type: ignore[misc]
        """How many pixels are bright, and how many rounds that makes, nobody knows before."""

        def call(self, x: Any) -> Any:
            bright = tf.boolean_mask(x, x > 0.5)
            _, doubled = tf.while_loop(
                lambda i, _: i < tf.size(bright) % 3, lambda i, s: (i + 1, s * 2.0), (0, 1.0)
            )
            return x * tf.reduce_mean(bright) * doubled

    return functional(
        Wave(name="wave"), Either(name="either"), Odd(name="odd"), Outside(name="outside"),
        Bright(name="bright"),
    )  # fmt: skip


@case
def subclassed() -> Any:
    import keras
    import numpy as np

    class Mine(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.convolution = keras.layers.Conv2D(4, 3, name="own")
            self.flat = keras.layers.Flatten()
            self.head = keras.layers.Dense(CLASSES, name="head")

        def call(self, x: Any) -> Any:
            return self.head(self.flat(keras.ops.tanh(self.convolution(x))))

    model = Mine()
    model(np.zeros((1, SIZE, SIZE, 3), np.float32))
    return model


def main() -> None:
    from autograder.worker import warm_up

    warm_up()
    import keras

    from autograder.worker import tracing
    from autograder.worker.loop import make_train_step

    def traced(model: Any) -> dict[str, Any]:
        augmenting = augmentation()
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.optimizer.build(model.trainable_variables)
        augmenting.build((1, SIZE, SIZE, 3))
        step = make_train_step(model, augmenting)
        return tracing.trace(step, model, augmenting, SIZE, BATCH)

    found = {name: traced(build()) for name, build in CASES.items()}
    tracing.MAX_ROWS = 20
    found["plain, cut"] = traced(plain())
    Path(sys.argv[1]).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
