"""The harness's own training loop, in real jobs on tiny data."""

from __future__ import annotations

import hashlib
import json
import threading

import numpy as np
import pytest

from autograder.confined_runner import SandboxRunner
from tests.conftest import CLASSES, SIZE, TINY, Jobs, TinyData

pytestmark = pytest.mark.sandbox


def weights(jobs: Jobs, source: str, steps: int = 10) -> str:
    result = jobs.train(source, steps=steps)
    assert result.exit_code == 0, result.log.decode()
    return hashlib.sha256(result.outputs["weights.bin"]).hexdigest()


def error(jobs: Jobs, source: str, *, train: bool = False) -> dict[str, object]:
    result = jobs.train(source) if train else jobs.describe(source)
    assert result.exit_code == 1, result.log.decode()
    return dict(json.loads(result.outputs["error.json"]))


def test_the_same_submission_gives_the_same_weights_to_the_bit(jobs: Jobs) -> None:
    assert weights(jobs, TINY) == weights(jobs, TINY)


def test_a_busy_machine_and_another_zygote_change_no_bit(jobs: Jobs, tiny_data: TinyData) -> None:
    alone = weights(jobs, TINY)
    side_by_side: list[str] = []
    with SandboxRunner(tiny_data.readable, strict=True) as other:
        runs = [
            threading.Thread(target=lambda j=each: side_by_side.append(weights(j, TINY)))
            for each in (jobs, Jobs(other, tiny_data), jobs)
        ]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert side_by_side == [alone] * 3


def test_more_steps_give_other_weights(jobs: Jobs) -> None:
    assert weights(jobs, TINY, steps=5) != weights(jobs, TINY, steps=6)


def test_training_learns(jobs: Jobs) -> None:
    result = jobs.train(TINY, steps=150)
    history = [json.loads(line) for line in result.outputs["history.jsonl"].splitlines()]
    assert history[-1]["loss"] < history[0]["loss"]
    assert history[-1]["validation_accuracy"] > 0.7


def test_predictions_are_raw_float32_of_every_image(jobs: Jobs) -> None:
    result = jobs.train(TINY)
    predictions = np.frombuffer(result.outputs["validation.f32"], "<f4").reshape(20, CLASSES)
    assert np.isfinite(predictions).all()


def test_training_stops_within_an_epoch_if_the_steps_say_so(jobs: Jobs) -> None:
    result = jobs.train(TINY, steps=7)
    history = [json.loads(line) for line in result.outputs["history.jsonl"].splitlines()]
    assert [(line["epoch"], line["step"]) for line in history] == [(1, 5), (2, 7)]


def test_a_compiled_model_keeps_its_own_optimizer_and_loss(jobs: Jobs) -> None:
    compiled = TINY.replace("return keras.Sequential([", "model = keras.Sequential([", 1).replace(
        "    ])\n\ndef build_aug",
        "    ])\n    model.compile(optimizer=keras.optimizers.SGD(0.0), "
        "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n"
        "    return model\n\ndef build_aug",
    )
    assert weights(jobs, compiled, steps=5) == weights(jobs, compiled, steps=10)


@pytest.mark.parametrize("last", ["Dense(num_classes)", "Dense(num_classes, 'softmax')"])
def test_the_default_compile_fits_logits_and_probabilities(jobs: Jobs, last: str) -> None:
    result = jobs.train(TINY.replace("Dense(num_classes)", last), steps=150)
    history = [json.loads(line) for line in result.outputs["history.jsonl"].splitlines()]
    assert history[0]["validation_loss"] == pytest.approx(np.log(CLASSES), abs=0.5)
    assert history[-1]["validation_accuracy"] > 0.5


def test_augmentation_touches_training_images_only(jobs: Jobs) -> None:
    """A model that learns nothing predicts the same, whatever the augmentation does."""
    frozen = TINY.replace('activation="relu")', 'activation="relu", trainable=False)')
    frozen = frozen.replace("Dense(num_classes)", "Dense(num_classes, trainable=False)")
    black = frozen.replace(
        'keras.layers.RandomTranslation(0.1, 0.1, fill_mode="nearest")',
        "keras.layers.Rescaling(0.0)",
    )
    assert black != frozen
    plain, blackened = jobs.describe(frozen), jobs.describe(black)
    assert plain.outputs["untrained.f32"] == blackened.outputs["untrained.f32"]
    shape = (2, 4, SIZE, SIZE, 3)
    assert not np.frombuffer(blackened.outputs["augmented.f32"], "<f4").reshape(shape).any()


def test_the_augmentation_draws_anew_each_time(jobs: Jobs) -> None:
    raw = jobs.describe(TINY).outputs["augmented.f32"]
    first, second = np.frombuffer(raw, "<f4").reshape(2, 4, SIZE, SIZE, 3)
    assert not np.array_equal(first, second)


def test_a_diverging_training_ends_early_with_what_it_has(jobs: Jobs) -> None:
    diverging = TINY.replace("Rescaling(1 / 255)", "Rescaling(1e30)")
    result = jobs.train(diverging, steps=50)
    assert result.exit_code == 0, result.log.decode()
    assert len(result.outputs["history.jsonl"].splitlines()) < 10
    assert not np.isfinite(np.frombuffer(result.outputs["validation.f32"], "<f4")).all()


def test_the_model_is_described_layer_by_layer(jobs: Jobs) -> None:
    description = json.loads(jobs.describe(TINY).outputs["description.json"])
    kinds = [layer["kind"] for layer in description["layers"]]
    assert kinds == ["Rescaling", "Conv2D", "Flatten", "Dense"]
    assert [layer["is_convolution"] for layer in description["layers"]] == [
        False,
        True,
        False,
        False,
    ]
    assert description["layers"][1]["weight_shapes"] == [[3, 3, 3, 8], [8]]
    assert description["output_shape"] == [CLASSES]
    assert description["plan"] == {"epochs": 2, "batch_size": 8}


def test_layers_inside_layers_and_subclassed_models_are_described(jobs: Jobs) -> None:
    nested = TINY.replace(
        'keras.layers.Conv2D(8, 3, activation="relu")',
        "keras.Sequential([keras.layers.DepthwiseConv2D(3), keras.layers.Conv2D(8, 1)])",
    )
    description = json.loads(jobs.describe(nested).outputs["description.json"])
    convolutions = [layer["kind"] for layer in description["layers"] if layer["is_convolution"]]
    assert convolutions == ["DepthwiseConv2D", "Conv2D"]


OWN_WEIGHTS = """
class Mixture(keras.Model):
    def __init__(self, inner):
        super().__init__()
        self.inner, self.twice = inner, inner
        self.scale = self.add_weight(shape=(1000, 5), name="scale")
        self.fixed = self.add_weight(shape=(7,), trainable=False)

    def call(self, x):
        return self.inner(x) + self.twice(x) + self.scale[0]

inner_build_model = build_model
def build_model(input_shape, num_classes):
    return Mixture(inner_build_model(input_shape, num_classes))
"""


def test_every_weight_is_described_once(jobs: Jobs) -> None:
    plain = json.loads(jobs.describe(TINY).outputs["description.json"])["layers"]
    *shared, own = json.loads(jobs.describe(TINY + OWN_WEIGHTS).outputs["description.json"])[
        "layers"
    ]
    assert [layer["weight_shapes"] for layer in shared] == [x["weight_shapes"] for x in plain]
    assert own["kind"] == "Mixture"
    assert own["weight_shapes"] == [[1000, 5], [7]]
    assert own["trainable_shapes"] == [[1000, 5]]


@pytest.mark.parametrize(
    ("old", "new", "stage", "words"),
    [
        ("return keras.Sequential([", "return 7\n    keras.Sequential([", "build_model", "int"),
        (
            "return keras.layers.Random",
            "return None and keras.layers.Random",
            "build_augmentation",
            "Identity",
        ),
        ('return {"epochs"', 'return 3 or {"epochs"', "training_plan", "dict"),
    ],
)
def test_a_broken_contract_is_told_from_a_crash(
    jobs: Jobs, old: str, new: str, stage: str, words: str
) -> None:
    assert old in TINY
    report = error(jobs, TINY.replace(old, new))
    assert report["contract"] is True
    assert report["stage"] == stage
    assert words in str(report["message"])


def test_a_failure_in_training_names_its_stage(jobs: Jobs) -> None:
    one_hot = TINY.replace("return keras.Sequential([", "model = keras.Sequential([", 1).replace(
        "    ])\n\ndef build_aug",
        "    ])\n    model.compile(loss='categorical_crossentropy')\n"
        "    return model\n\ndef build_aug",
    )
    assert error(jobs, one_hot, train=True)["stage"] == "training"


@pytest.mark.parametrize("layer", ["BatchNormalization", "LayerNormalization", "UnitNormalization"])
def test_no_approximate_instruction_is_left_in_a_graph(jobs: Jobs, layer: str) -> None:
    """They differ between vendors; see docs/decisions.md."""
    probe = f"""
import tensorflow as tf
layer = keras.layers.{layer}()
layer.build((None, 8))
def loss(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(layer(x, training=True) ** 2) * keras.ops.reciprocal(x[0, 0])
        y *= keras.ops.gelu(x[1, 1], approximate=False)
    return tape.gradient(y, x)
graph = tf.function(loss, autograph=False).get_concrete_function(tf.TensorSpec((4, 8)))
print("OPS", sorted({{op.type for op in graph.graph.get_operations()}}))
"""
    log = jobs.describe(f"import keras\n{probe}\n{TINY}").log.decode()
    assert "OPS" in log, log
    assert "RealDiv" in log
    assert "Rsqrt" not in log
    assert "'Inv'" not in log
    assert "'Reciprocal'" not in log
    assert "'Erf'" in log
    assert "'Erfc'" not in log
