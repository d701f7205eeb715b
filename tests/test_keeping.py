"""A trained model as files, and the same predictions from them, in real jobs on tiny data."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from autograder.jobs import Job, JobResult, OutputFile
from autograder.models import Layer, Replay
from autograder.replay import (
    KeptModel,
    Predictions,
    Replayed,
    compare,
    files_of_weights,
    inputs_of_replay,
    output_files,
)
from tests.conftest import CLASSES, LIMITS, OUTPUTS, TINY, Jobs

pytestmark = pytest.mark.sandbox

BODY = """
import keras
from keras import layers, ops

{extra}

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = inputs
{layers}
    return keras.Model(inputs, x)

def build_augmentation():
    return layers.RandomFlip()

def training_plan():
    return {{"epochs": 1, "batch_size": 8}}
"""


def source(layers: str, extra: str = "") -> str:
    """Return a submission whose model is made by these lines."""
    indented = "\n".join(f"    {line}" for line in layers.strip().splitlines())
    return BODY.format(layers=indented, extra=extra)


def train(jobs: Jobs, text: str) -> JobResult:
    arguments = jobs.data.arguments(batch_size=8, steps=6, steps_per_epoch=5, keep_bytes=1 << 20)
    outputs = (*OUTPUTS, *output_files(1 << 20))
    result = jobs.runner.run(Job("train", arguments, {"submission.py": text}, LIMITS, outputs))
    assert result.exit_code == 0, result.log.decode()
    return result


def kept(result: JobResult) -> KeptModel:
    training = json.loads(result.outputs["training.json"])
    return KeptModel.from_outputs(result.outputs, training["not_kept"])


def predictions(result: JobResult) -> Predictions:
    return Predictions(result.outputs["validation.f32"], result.outputs["holdout.f32"])


def predict(jobs: Jobs, text: str, trained: JobResult) -> JobResult:
    """Let the student's code build the model again, and give it the weights."""
    weights = kept(trained).weights
    assert weights is not None
    return with_images(jobs, "predict", {"submission.py": text}, files_of_weights(weights))


def with_images(
    jobs: Jobs, task: str, sources: dict[str, str], inputs: Mapping[str, bytes]
) -> JobResult:
    holdout = str(jobs.data.folder / "holdout_images.npy")
    arguments = jobs.data.arguments(holdout_images=holdout)
    outputs = (*OUTPUTS, OutputFile("layers.json", 1 << 20))
    return jobs.runner.run(Job(task, arguments, sources, LIMITS, outputs, inputs))


def why_not(trained: JobResult) -> str:
    """Return why a model cannot be replayed."""
    model = kept(trained)
    assert model.weights is not None
    answer = inputs_of_replay(model)
    assert not isinstance(answer, dict)
    assert answer.replayed == "not possible"  # type: ignore[union-attr]
    return str(answer.reason)  # type: ignore[union-attr]


def replay(jobs: Jobs, trained: JobResult) -> JobResult:
    model = kept(trained)
    assert model.weights is not None, model
    inputs = inputs_of_replay(model)
    assert isinstance(inputs, dict), inputs
    result = with_images(jobs, "replay", {}, inputs)
    assert result.exit_code == 0, result.log.decode()
    return result


def judgement(trained: JobResult, again: JobResult, described: JobResult | None = None) -> Replay:
    """Compare; without a description, take the trained model for the one that was judged."""
    layers = read_layers(again.outputs["layers.json"])
    judged = read_layers(described.outputs["description.json"]) if described else layers
    validation = trained.outputs["validation.f32"]
    return compare(judged, validation, Replayed(layers, predictions(again)), CLASSES)


def read_layers(raw: bytes) -> tuple[Layer, ...]:
    found = json.loads(raw)
    return tuple(
        Layer(x["name"], x["kind"], x["is_convolution"], None,
              tuple(map(tuple, x["weight_shapes"])), ())
        for x in (found["layers"] if isinstance(found, dict) else found)
    )  # fmt: skip


HEAD = "x = layers.Flatten()(x)\nx = layers.Dense(num_classes)(x)"
STOCK = {
    "sequential": TINY,
    "lazy sequential": TINY.replace("keras.Input(input_shape),", ""),
    "batch normalisation, dropout": source(
        "x = layers.Conv2D(4, 3)(x)\nx = layers.BatchNormalization()(x)\n"
        f"x = layers.Dropout(0.5)(x)\nx = layers.GaussianNoise(0.1)(x)\n{HEAD}"
    ),
    "other normalisations": source(
        "x = layers.LayerNormalization()(x)\nx = layers.Conv2D(4, 3)(x)\n"
        "x = layers.GroupNormalization(2)(x)\nx = layers.UnitNormalization()(x)\n"
        f"x = layers.SpectralNormalization(layers.Conv2D(4, 3))(x)\n{HEAD}"
    ),
    "mixed bfloat16": source(
        f"x = layers.Rescaling(1 / 255)(x)\nx = layers.Conv2D(4, 3)(x)\nx = x * 2\n{HEAD}\n"
        "x = layers.Activation('softmax', dtype='float32')(x)",
        "keras.mixed_precision.set_global_policy('mixed_bfloat16')",
    ),
    "pure bfloat16": source(
        f"x = layers.Conv2D(4, 3)(x)\n{HEAD}",
        "keras.config.set_dtype_policy('bfloat16')",
    ),
    "operations": source(
        "import numpy as np\n"
        "x = x / 255.0 - np.array([0.4, 0.5, 0.6], 'float32')\nx = ops.sin(x[:, 1:-1, 1:-1])\n"
        "y = layers.Conv2D(4, 3, activation=keras.activations.gelu)(x)\n"
        "x = ops.concatenate([y, ops.relu(y)], axis=-1)\nx = ops.mean(x, axis=(1, 2))\n"
        f"{HEAD}"
    ),
    "nested": source(
        "x = keras.Sequential([layers.Rescaling(1 / 255), layers.RandomFlip(), keras.Sequential([\n"
        "    layers.Conv2D(4, 3, activation='silu'), layers.RandomRotation(0.1)])])(x)\n"
        f"shared = layers.Conv2D(4, 3, padding='same')\nx = shared(shared(x))\n{HEAD}"
    ),
    "attention": source(
        "x = layers.Rescaling(1 / 255)(x)\nx = layers.Conv2D(8, 4, strides=4)(x)\n"
        "x = layers.Reshape((16, 8))(x)\nx = layers.MultiHeadAttention(2, 4)(x, x)\n"
        f"x = layers.Attention()([x, x])\nx = layers.GlobalAveragePooling1D()(x)\n{HEAD}"
    ),
    "recurrent": source(
        "x = layers.Reshape((16, 48))(x)\nx = layers.Bidirectional(layers.GRU(3))(x)\n" + HEAD
    ),
    "own loss and schedule": source(
        f"{HEAD}\nmodel = keras.Model(inputs, x)\n"
        "model.compile(keras.optimizers.Adam(Slow()), lambda y, p: "
        "keras.losses.sparse_categorical_crossentropy(y, p, from_logits=True))\nreturn model",
        "class Slow(keras.optimizers.schedules.LearningRateSchedule):\n"
        "    def __call__(self, step):\n        return 1e-3",
    ),
    "adapted normalisation": source(
        "import numpy as np\nnorm = layers.Normalization()\n"
        "norm.adapt(np.arange(768 * 4, dtype='float32').reshape(4, 16, 16, 3))\n"
        f"x = norm(x)\n{HEAD}"
    ),
}


@pytest.mark.parametrize("text", STOCK.values(), ids=STOCK)
def test_a_stock_model_predicts_the_same_bits_without_the_students_code(
    jobs: Jobs, text: str
) -> None:
    trained = train(jobs, text)
    clean = replay(jobs, trained)
    answer = judgement(trained, clean, jobs.describe(text))
    assert answer.replayed is True, answer.reason
    assert predictions(predict(jobs, text, trained)) == predictions(clean)


OWN_LAYER = "class Own(layers.Layer):\n    def call(self, x):\n        return x"
OWN_MODEL = TINY + (
    "\nclass Own(keras.Model):\n"
    "    def __init__(self, inner):\n        super().__init__()\n        self.inner = inner\n"
    "    def call(self, x):\n        return self.inner(x)\n"
    "inner_model = build_model\n"
    "def build_model(*shape):\n    return Own(inner_model(*shape))\n"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (source(f"x = Own()(x)\n{HEAD}", OWN_LAYER), "'Own'"),
        (OWN_MODEL, "Own"),
        (source(f"x = layers.Lambda(lambda x: x + 1)(x)\n{HEAD}"), "'Lambda'"),
        (
            source("x = layers.Activation(gelu)(x)\n" + HEAD, "def gelu(x):\n    return -x"),
            "activation function of its own",
        ),
        (source(f"{HEAD}\nx = ops.vectorized_map(lambda row: row * 2, x)"), "VectorizedMap"),
        (source(f"x = layers.UnitNormalization()(x)\n{HEAD}", "keras.config.set_epsilon(0.1)"),
         "keras.config.epsilon was changed"),
        (source("x = layers.Flatten()(x)\nx = layers.Dense(400)(x)\n" + HEAD), "larger than"),
    ],
    ids=["layer", "model", "lambda", "namesake", "function", "setting", "large"],
)  # fmt: skip
def test_what_is_not_stock_says_so(jobs: Jobs, text: str, words: str) -> None:
    if "400" in text:
        model = kept(train(jobs, text))
        answer = inputs_of_replay(model)
        assert not isinstance(answer, dict)
        assert words in answer.reason  # type: ignore[union-attr]
    else:
        trained = train(jobs, text)
        assert words in why_not(trained)
        again = predict(jobs, text, trained)
        assert again.outputs["validation.f32"] == trained.outputs["validation.f32"]
        assert len(again.outputs["holdout.f32"]) == len(again.outputs["validation.f32"])


def test_weights_of_another_model_are_not_taken_for_its_own(jobs: Jobs) -> None:
    trained = train(jobs, TINY)
    wider = predict(jobs, TINY.replace("Conv2D(8,", "Conv2D(9,"), trained)
    assert wider.exit_code == 1
    assert "[3, 3, 3, 8]" in json.loads(wider.outputs["error.json"])["message"]
    assert "holdout.f32" not in wider.outputs


def test_a_training_cannot_read_images_that_it_is_not_told_of(jobs: Jobs) -> None:
    holdout = jobs.data.folder / "holdout_images.npy"
    assert holdout in jobs.data.readable
    spy = f"open({str(holdout)!r}, 'rb').read()\n"
    result = jobs.train(spy + TINY)
    assert json.loads(result.outputs["error.json"])["type"] == "PermissionError"
    trained = train(jobs, TINY)
    assert predict(jobs, spy + TINY, trained).exit_code == 0


FORGERY = """
import atexit, os, threading
import numpy as np

end = os._exit
def forge(code):
    forged = np.eye(5, dtype="<f4")[np.arange(20) % 5]
    forged.tofile("validation.f32")
    end(0)
os._exit = forge
"""


def test_forged_predictions_of_a_stock_model_do_not_replay(jobs: Jobs) -> None:
    """They are written over at the very end, when the harness has done its part."""
    trained = train(jobs, FORGERY + TINY)
    answer = judgement(trained, replay(jobs, trained))
    assert answer.replayed is False
    assert "validation images get another class" in answer.reason


SWAP = """
inner_build_model = build_model
def build_model(input_shape, num_classes):
    model = inner_build_model(input_shape, num_classes)
    if STEPS:
        model = keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(),
                                  keras.layers.Dense(50), keras.layers.Dense(num_classes)])
    return model
"""


def test_a_model_that_is_swapped_after_it_was_judged_does_not_replay(jobs: Jobs) -> None:
    described = jobs.describe(f"{TINY}\nSTEPS = 0\n{SWAP}")
    trained = train(jobs, f"{TINY}\nSTEPS = 1\n{SWAP}")
    answer = judgement(trained, replay(jobs, trained), described)
    assert answer.replayed is False
    assert "is not the one judged before training: its layer 1 is Flatten" in answer.reason


def test_a_clean_job_reports_what_keras_cannot_build(jobs: Jobs) -> None:
    trained = train(jobs, TINY)
    architecture = trained.outputs["architecture.json"].replace(b'"filters": 8', b'"filters": 9')
    broken = {**trained.outputs, "architecture.json": architecture}
    model = KeptModel.from_outputs(broken, "")
    assert model.weights is not None
    inputs = inputs_of_replay(model)
    assert isinstance(inputs, dict)
    job = Job("replay", jobs.data.arguments(), {}, LIMITS, OUTPUTS, inputs)
    result = jobs.runner.run(job)
    error = json.loads(result.outputs["error.json"])
    assert result.exit_code == 1
    assert (error["stage"], error["type"]) == ("replay", "ValueError")
