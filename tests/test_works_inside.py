"""What a submission may well want to use, used inside of the sandbox."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest

from autograder.jobs import JobResult
from tests.conftest import CLASSES, TINY, Jobs

pytestmark = pytest.mark.sandbox

COMPILED = """
inner_build_model = build_model
def build_model(input_shape, num_classes):
    model = inner_build_model(input_shape, num_classes)
    model.compile({arguments})
    return model
"""
LOSS = "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)"


def compiled(arguments: str, before: str = "") -> str:
    """Return a submission that compiles its model with these arguments."""
    return f"{TINY}\n{before}\n{COMPILED.format(arguments=arguments)}"


def learns(jobs: Jobs, source: str) -> JobResult:
    """Train it; the loss has to fall."""
    result = jobs.train(source, steps=30)
    assert result.exit_code == 0, result.log.decode()
    history = [json.loads(line) for line in result.outputs["history.jsonl"].splitlines()]
    assert history[-1]["validation_loss"] < history[0]["validation_loss"]
    predictions = np.frombuffer(result.outputs["validation.f32"], "<f4").reshape(-1, CLASSES)
    assert np.isfinite(predictions).all()
    return result


def test_tf_data(jobs: Jobs) -> None:
    source = TINY.replace(
        "def build_augmentation():\n",
        "def build_augmentation():\n"
        "    import tensorflow as tf\n"
        "    numbers = tf.data.Dataset.range(100).shuffle(100, seed=1).map(\n"
        "        lambda n: n * 2, num_parallel_calls=tf.data.AUTOTUNE)\n"
        "    batches = numbers.cache().batch(10).prefetch(tf.data.AUTOTUNE)\n"
        "    total = sum(int(tf.reduce_sum(batch)) for batch in batches)\n"
        "    print('TOTAL', total)\n",
    )
    assert "TOTAL 9900" in learns(jobs, source).log.decode()


def test_a_custom_layer(jobs: Jobs) -> None:
    source = TINY.replace("keras.layers.Flatten(),", "Scale(), keras.layers.Flatten(),")
    layer = """
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, x):
        return x * self.scale
"""
    described = jobs.describe(source + layer)
    layers = json.loads(described.outputs["description.json"])["layers"]
    assert {"Scale": [[8]]}.items() <= {x["kind"]: x["weight_shapes"] for x in layers}.items()
    learns(jobs, source + layer)


def test_a_custom_loss(jobs: Jobs) -> None:
    losses = """
def smoothed(labels, outputs):
    target = keras.ops.one_hot(keras.ops.cast(labels, "int32"), 5) * 0.9 + 0.02
    return keras.losses.categorical_crossentropy(target, outputs, from_logits=True)

class Smoothed(keras.losses.Loss):
    def call(self, labels, outputs):
        return smoothed(labels, outputs)
"""
    function = learns(jobs, compiled("keras.optimizers.Adam(1e-3), loss=smoothed", losses))
    as_class = learns(jobs, compiled("keras.optimizers.Adam(1e-3), loss=Smoothed()", losses))
    assert function.outputs["validation.f32"] == as_class.outputs["validation.f32"]


def test_callbacks_in_a_training_of_ones_own(jobs: Jobs) -> None:
    """The harness owns the training that counts; a small one before it may use `fit`."""
    callback = """
class Shout(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("EPOCH", epoch, sorted(logs))

def find_width():
    import numpy as np
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    stop = keras.callbacks.EarlyStopping("loss", patience=0, min_delta=1e9)
    model.fit(np.ones((8, 2)), np.ones(8), epochs=9, batch_size=4, verbose=2,
              callbacks=[Shout(), stop, keras.callbacks.LearningRateScheduler(lambda e: 0.1)])
    return 8
"""
    source = f"{TINY}\n{callback}".replace("Conv2D(8,", "Conv2D(find_width(),")
    log = learns(jobs, source).log.decode()
    assert log.count("EPOCH") == 2, log


def test_xla_in_a_layer(jobs: Jobs) -> None:
    layer = """
import tensorflow as tf

class Fast(keras.layers.Layer):
    @tf.function(jit_compile=True)
    def call(self, x):
        return tf.nn.relu(x) + tf.exp(-tf.square(x))
"""
    source = TINY.replace("keras.layers.Flatten(),", "Fast(), keras.layers.Flatten(),")
    first, second = learns(jobs, source + layer), learns(jobs, source + layer)
    assert first.outputs["weights.bin"] == second.outputs["weights.bin"]


def test_xla_for_the_whole_model(jobs: Jobs) -> None:
    own_fit = """
import numpy as np
warmup = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
warmup.compile("sgd", "mse", jit_compile=True)
print("LOSS", warmup.fit(np.ones((8, 4)), np.ones((8, 3)), verbose=0).history["loss"])
"""
    result = learns(
        jobs, compiled(f"keras.optimizers.Adam(1e-3), {LOSS}, jit_compile=True") + own_fit
    )
    assert "LOSS [" in result.log.decode()


MIXED = 'keras.mixed_precision.set_global_policy("mixed_bfloat16")'


def test_mixed_bfloat16(jobs: Jobs) -> None:
    source = TINY.replace("def build_model", f"{MIXED}\n\ndef build_model", 1).replace(
        'Conv2D(8, 3, activation="relu"),',
        'Conv2D(8, 3, activation="relu"), keras.layers.SeparableConv2D(8, 3),'
        "keras.layers.BatchNormalization(), keras.layers.MaxPooling2D(),",
    )
    source = source.replace("Dense(num_classes)", "Dense(num_classes, dtype='float32')")
    first, second = learns(jobs, source), learns(jobs, source)
    assert first.outputs["weights.bin"] == second.outputs["weights.bin"]


BFLOAT16 = """
import keras, numpy as np
x = np.sin(np.arange(2 * 6 * 6 * 4, dtype="float32")).reshape(2, 6, 6, 4)

def output(make, policy):
    keras.utils.set_random_seed(1)
    keras.config.set_dtype_policy(policy)
    layer = make(keras.layers)
    inputs = (x, x) if "Attention" in type(layer).__name__ else (x,)
    return np.asarray(keras.ops.cast(layer(*inputs), "float32"))

for make in (
    lambda layers: layers.Conv2D(4, 3),
    lambda layers: layers.Conv2D(4, 3, strides=2, padding="same"),
    lambda layers: layers.Conv2DTranspose(4, 3),
    lambda layers: layers.DepthwiseConv2D(3),
    lambda layers: layers.Dense(4),
    lambda layers: layers.EinsumDense("abcd,de->abce", (None, None, 4)),
    lambda layers: layers.AveragePooling2D(2),
    lambda layers: layers.MaxPooling2D(2),
    lambda layers: layers.Softmax(),
    lambda layers: layers.LayerNormalization(),
    lambda layers: layers.MultiHeadAttention(2, 4),
):
    exact, rounded = output(make, "float32"), output(make, "mixed_bfloat16")
    assert np.allclose(exact, rounded, rtol=0.05, atol=0.05)
    print("ROUNDED" if (exact != rounded).any() else "EXACT")
keras.config.set_dtype_policy("float32")
"""


def test_bfloat16_is_rounded_float32(jobs: Jobs) -> None:
    """On every CPU: those that oneDNN is held to have no bfloat16 of their own."""
    result = jobs.describe(BFLOAT16 + TINY)
    assert result.exit_code == 0, result.log.decode()
    assert result.log.decode().count("ROUNDED") == 11


def test_scikit_learn(jobs: Jobs) -> None:
    clusters = """
import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
points = np.concatenate([np.zeros((20, 3)), np.ones((20, 3))]) + np.arange(3) * 1e-3
found = KMeans(2, n_init=3, random_state=0).fit_predict(PCA(2).fit_transform(points))
forest = RandomForestClassifier(5, random_state=0, n_jobs=2).fit(points, found)
print("CLUSTERS", sorted(np.bincount(found)), forest.score(points, found))
"""
    assert "CLUSTERS [20, 20] 1.0" in learns(jobs, clusters + TINY).log.decode().replace(
        "np.int64(20)", "20"
    )


def test_matplotlib_is_not_needed(jobs: Jobs) -> None:
    """Without it the import fails as anywhere else; with it, a figure can be drawn."""
    plot = """
try:
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.figure()
    plt.plot([1, 2])
    plt.savefig("figure.png")
    print("DRAWN")
except ImportError as error:
    print("NO MATPLOTLIB:", error)
"""
    log = learns(jobs, plot + TINY).log.decode()
    installed = importlib.util.find_spec("matplotlib") is not None
    assert ("DRAWN" if installed else "NO MATPLOTLIB") in log, log
