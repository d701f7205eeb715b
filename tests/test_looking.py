"""What a trained network makes of two images, in real jobs on tiny data; and forged ones."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.evidence import Look
from autograder.jobs import Job, JobResult
from autograder.leftovers import Trained, read_training
from autograder.looks import look_files, looks_of
from autograder.metrics import read_predictions
from autograder.replay import output_files
from tests.conftest import CLASSES, LIMITS, OUTPUTS, SIZE, TINY, Jobs
from tests.test_keeping import HEAD, source

FILES = (*OUTPUTS, *output_files(1 << 20), *look_files(CLASSES))


def train(jobs: Jobs, text: str, *, look: bool = True, steps: int = 3) -> JobResult:
    arguments = jobs.data.arguments(
        batch_size=8, steps=steps, steps_per_epoch=5, keep_bytes=1 << 20, look=look
    )
    result = jobs.runner.run(Job("train", arguments, {"submission.py": text}, LIMITS, FILES))
    assert result.exit_code == 0, result.log.decode()
    return result


def looks(jobs: Jobs, result: JobResult) -> tuple[Look | None, Look | None]:
    trained = read_training(result)
    assert isinstance(trained, Trained)
    folder = jobs.data.folder
    images = np.load(folder / "validation_images.npy")
    predictions = read_predictions(trained.validation, len(images), CLASSES)
    assert isinstance(predictions, np.ndarray)
    return looks_of(trained.looks, predictions, images, np.load(folder / "validation_labels.npy"))


def layers(look: Look | None) -> list[tuple[str, tuple[int, int, int]]]:
    assert look is not None
    return [(layer.kind, layer.shape) for layer in look.layers]


NESTED = source(
    "inner = keras.Sequential([layers.Conv2D(4, 3), layers.BatchNormalization(),\n"
    "    layers.ReLU(), layers.Dropout(0.5), layers.MaxPooling2D()], name='inner')\n"
    f"x = inner(layers.Rescaling(1 / 255)(x))\nx = layers.Conv2D(12, 3)(x)\n{HEAD}"
)
RESIDUAL = source(
    "x = layers.Conv2D(4, 3)(layers.ZeroPadding2D(2)(x))\n"
    "y = layers.Conv2D(4, 3, padding='same')(x)\n"
    f"x = ops.relu(layers.Add()([x, y]))\nx = layers.GlobalAveragePooling2D()(x)\n{HEAD}"
)
SUBCLASSED = TINY.replace("import keras", """
import keras
from keras import layers, ops

class Swirl(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.Conv2D(4, 3, padding="same")

    def call(self, x):
        return ops.sin(self.inner(x)) + x[..., :1]

class Net(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.swirls = [Swirl(), Swirl()]
        self.head = keras.Sequential([layers.Flatten(), layers.Dense(num_classes)])

    def call(self, x, training=False):
        x = x / 255
        for swirl in self.swirls:
            x = swirl(x)
        return self.head(x)
""").replace("return keras.Sequential([", "return Net(num_classes)\n    ([")  # fmt: skip
FAILING = TINY.replace("import keras", """
import keras

class OnlyInGraphs(keras.layers.Layer):
    def call(self, x):
        import tensorflow as tf
        if tf.executing_eagerly():
            raise ValueError("not here")
        return x
""").replace("keras.layers.Flatten(),", "OnlyInGraphs(), keras.layers.Flatten(),")  # fmt: skip


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TINY, [("Conv2D", (14, 14, 8))]),
        (
            NESTED,
            [
                ("Conv2D", (14, 14, 4)), ("ReLU", (14, 14, 4)), ("MaxPooling2D", (7, 7, 4)),
                ("Conv2D", (5, 5, 12)),
            ],
        ),
        (
            RESIDUAL,
            [
                ("ZeroPadding2D", (20, 20, 3)), ("Conv2D", (18, 18, 4)), ("Conv2D", (18, 18, 4)),
                ("Add", (18, 18, 4)), ("Relu", (18, 18, 4)),
            ],
        ),
        (
            SUBCLASSED,
            [("Conv2D", (16, 16, 4)), ("Swirl", (16, 16, 4))] * 2,
        ),
    ],
    ids=["sequential", "nested", "residual", "subclassed"],
)  # fmt: skip
def test_each_layer_shows_what_it_makes_of_a_sign(
    jobs: Jobs, text: str, expected: list[tuple[str, tuple[int, int, int]]]
) -> None:
    right, misread = looks(jobs, train(jobs, text))
    shown = [look for look in (right, misread) if look]
    assert shown
    for look in shown:
        assert layers(look) == expected
        for layer in look.layers:
            rows, columns, channels = layer.shape
            assert layer.maps.shape == (min(channels, 8), rows, columns)
            assert layer.maps.std() > 0
        assert look.image.shape == (SIZE, SIZE, 3)
        assert look.scores.sum() == pytest.approx(1, abs=1e-5)
        assert look.occlusion.shape == (11, 11)


@pytest.mark.sandbox
def test_looking_changes_neither_weights_nor_predictions(jobs: Jobs) -> None:
    plain, looked = (train(jobs, NESTED, look=look) for look in (False, True))
    assert "look.json" in looked.outputs
    same = {"weights.bin", "training.json", "validation.f32", "history.jsonl"}
    assert {name: plain.outputs[name] for name in same} == {
        name: looked.outputs[name] for name in same
    }
    assert plain.outputs["architecture.json"] == looked.outputs["architecture.json"]


@pytest.mark.sandbox
def test_a_layer_that_fails_outside_of_a_graph_only_ends_the_maps(jobs: Jobs) -> None:
    result = train(jobs, FAILING)
    assert "error.json" not in result.outputs
    shown = [look for look in looks(jobs, result) if look]
    assert shown
    for look in shown:
        assert layers(look) == [("Conv2D", (14, 14, 8))]
        assert look.occlusion.shape == (11, 11)


@pytest.mark.sandbox
def test_a_look_that_fails_costs_nothing(jobs: Jobs) -> None:
    text = f"{TINY}\nfrom pathlib import Path\nPath('look.f32').mkdir()\n"
    result = train(jobs, text)
    assert "error.json" not in result.outputs
    assert looks(jobs, result) == (None, None)
