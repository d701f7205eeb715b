"""Honest submissions whose trained network takes more to be built again than a list of layers.

Each is what stands before ``build_augmentation`` in a submission. They differ in where a network
keeps what it has learned, and in what it takes to make another one of the same kind.
"""

from __future__ import annotations

_BEGINNING = """
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

def features(x):
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    return layers.GlobalAveragePooling2D()(x)

def model_of(inputs, hidden, num_classes, dtype=None):
    return ready(keras.Model(inputs, layers.Dense(num_classes, dtype=dtype)(hidden)))

def ready(model):
    model.compile(keras.optimizers.Adam(0.03), CROSS_ENTROPY)
    return model

CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
"""
_END = """
def training_plan():
    return {"epochs": 16, "batch_size": 8}
"""
_AUGMENTATION = """
def build_augmentation():
    return layers.RandomTranslation(0.1, 0.1, fill_mode="nearest")
"""


def whole(text: str) -> str:
    """Return a submission around one of the networks below."""
    augmentation = "" if "def build_augmentation" in text else _AUGMENTATION
    return _BEGINNING + text + augmentation + _END


# Made of Keras' own parts.
STOCK = {
    "adapted normalization": """
def build_model(input_shape, num_classes):
    normalization = layers.Normalization()
    normalization.adapt(np.random.default_rng(1).uniform(0, 255, (64, *input_shape)))
    inputs = keras.Input(input_shape)
    return model_of(inputs, features(normalization(inputs)), num_classes)
""",
    "spectral normalization and running means": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.SpectralNormalization(layers.Conv2D(8, 3, strides=2))(inputs / 255)
    x = layers.BatchNormalization(momentum=0.8)(x)
    return model_of(inputs, features(layers.LeakyReLU()(x)), num_classes)
""",
    "averaged weights": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    model = model_of(inputs, features(inputs / 255), num_classes)
    averaging = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(0.03, 100), global_clipnorm=5.0,
        use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=5)
    model.compile(averaging, CROSS_ENTROPY)
    return model
""",
    "shared layers in nested models": """
def build_model(input_shape, num_classes):
    half = keras.Input((None, None, 3))
    tower = keras.Model(half, features(half), name="tower")
    inputs = keras.Input(input_shape)
    x = layers.Rescaling(1 / 255)(inputs)
    upper, lower = layers.Cropping2D(((0, 8), (0, 0)))(x), layers.Cropping2D(((8, 0), (0, 0)))(x)
    both = layers.Concatenate()([tower(upper), tower(lower)])
    top = keras.Sequential([layers.Dense(8, "relu"), layers.Dropout(0.1)], name="top")
    return model_of(inputs, top(both), num_classes)
""",
    "no input layer": """
def build_model(input_shape, num_classes):
    return ready(keras.Sequential([
        layers.Rescaling(1 / 255),
        keras.Sequential([layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(4)]),
        layers.Flatten(),
        layers.Dense(num_classes),
    ]))
""",
    "recurrent over rows": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(4, 1)(inputs / 255)
    x = layers.TimeDistributed(layers.Flatten())(x)
    x = layers.Bidirectional(layers.GRU(8, recurrent_dropout=0.1, return_sequences=True))(x)
    return model_of(inputs, layers.LSTM(8)(x), num_classes)
""",
    "several precisions": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, strides=2, activation="tanh", dtype="mixed_bfloat16")(inputs / 255)
    x = layers.Conv2D(8, 3, activation="tanh", dtype="float64")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(8, dtype="mixed_float16", activation="tanh")(x)
    return model_of(inputs, x, num_classes, dtype="float32")
""",
    "policy for all layers, set aside again": """
def build_model(input_shape, num_classes):
    keras.config.set_dtype_policy("mixed_bfloat16")
    inputs = keras.Input(input_shape)
    hidden = features(inputs / 255)
    keras.config.set_dtype_policy("float32")
    return model_of(inputs, hidden, num_classes)
""",
    "a part that never learns": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    fixed = layers.Conv2D(8, 3, strides=2, activation="relu", trainable=False)
    return model_of(inputs, features(fixed(inputs / 255)), num_classes)
""",
}

# With classes of the author's own.
OWN_LAYERS = {
    "subclassed and never built": """
class Block(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.steps = [layers.Conv2D(width, 3, strides=2), layers.BatchNormalization(momentum=0.8)]

    def call(self, x, training=False):
        return ops.relu(self.steps[1](self.steps[0](x), training=training))

class Net(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.first = layers.Conv2D(8, 3, activation="relu")
        self.blocks = {"one": Block(8), "two": Block(8)}
        self.pool, self.head = layers.GlobalAveragePooling2D(), layers.Dense(num_classes)

    def call(self, x, training=False):
        x = self.first(x / 255)
        x = self.blocks["two"](self.blocks["one"](x, training=training), training=training)
        return self.head(self.pool(x))

def build_model(input_shape, num_classes):
    return ready(Net(num_classes))
""",
    "normalization inside of a layer": """
class Standardized(layers.Layer):
    def __init__(self, example):
        super().__init__()
        self.normalization = layers.Normalization()
        self.normalization.adapt(example)

    def call(self, x):
        return self.normalization(x)

def build_model(input_shape, num_classes):
    example = np.random.uniform(0, 255, (64, *input_shape))
    inputs = keras.Input(input_shape)
    return model_of(inputs, features(Standardized(example)(inputs)), num_classes)
""",
    "tied weights": """
class Back(layers.Layer):
    def __init__(self, dense):
        super().__init__()
        self.dense = dense

    def call(self, x):
        return ops.matmul(x, ops.transpose(self.dense.kernel))

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    forth = layers.Dense(6)
    hidden = features(inputs / 255)
    return model_of(inputs, hidden + Back(forth)(forth(hidden)), num_classes)
""",
    "a mean of its own weights": """
class Averaged(layers.Layer):
    '''Answers with the running mean of what it has learned.'''

    def build(self, shape):
        self.dense = layers.Dense(8)
        self.dense.build(shape)
        self.slow = [self.add_weight(shape=w.shape, trainable=False) for w in self.dense.weights]
        self.seen = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False)
        self.warm = self.add_weight(shape=(), dtype="bool", initializer="zeros", trainable=False)

    def call(self, x, training=False):
        if training:
            for slow, fast in zip(self.slow, self.dense.weights):
                slow.assign(ops.where(self.warm, 0.8 * slow + 0.2 * fast, fast))
            self.seen.assign_add(1)
            self.warm.assign(self.seen > 0)
            return ops.relu(self.dense(x))
        return ops.relu(ops.matmul(x, self.slow[0]) + self.slow[1])

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Averaged()(features(inputs / 255)), num_classes)
""",
    "a cell of its own": """
class Leaky(layers.Layer):
    state_size = output_size = 8

    def build(self, shape):
        self.mix = self.add_weight(shape=(shape[-1] + 8, 8), initializer="glorot_uniform")
        self.leak = self.add_weight(shape=(8,), initializer="ones")

    def call(self, x, states):
        new = ops.tanh(ops.matmul(ops.concatenate([x, states[0]], -1), self.mix))
        state = ops.sigmoid(self.leak) * new + (1 - ops.sigmoid(self.leak)) * states[0]
        return state, [state]

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(inputs / 255)
    x = layers.RNN(Leaky())(layers.Reshape((7, 56))(x))
    return model_of(inputs, x, num_classes)
""",
    "numbers of an own width": """
class Scale(layers.Layer):
    def build(self, shape):
        self.a = self.add_weight(shape=(shape[-1],), dtype="float64", initializer="ones")
        self.b = self.add_weight(shape=(shape[-1],), dtype="float16", initializer="zeros")
        self.c = self.add_weight(shape=(shape[-1],), dtype="bfloat16", initializer="ones")

    def call(self, x):
        a, b, c = (ops.cast(w, "float32") for w in (self.a, self.b, self.c))
        return x * a * c + b

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Scale()(features(inputs / 255)), num_classes)
""",
    "another float for everything": """
keras.config.set_floatx("float64")
keras.config.set_epsilon(1e-5)

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape, dtype="float32")
    return model_of(inputs, features(layers.Rescaling(1 / 255)(inputs)), num_classes)
""",
    "lambdas, own activation, own wrapper": """
class Residual(layers.Wrapper):
    def call(self, x):
        return x + self.layer(x)

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.Lambda(lambda image: (image - 128) / 64)(inputs)
    x = layers.Conv2D(8, 3, strides=2, activation=lambda t: ops.relu(t) - 0.1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return model_of(inputs, Residual(layers.Dense(8, "relu"))(x), num_classes)
""",
    "losses, metrics and steps of its own": """
class Net(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = keras.metrics.Mean(name="seen")
        self.centre = self.add_weight(shape=(5,), initializer="zeros", trainable=False)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        self.seen.update_state(loss)
        if training:
            self.centre.assign(0.9 * self.centre + 0.1 * ops.mean(y_pred, axis=0))
        return loss + 1e-4 * ops.mean(ops.square(y_pred - self.centre))

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    model = Net(inputs, layers.Dense(num_classes)(features(inputs / 255)))
    model.compile(keras.optimizers.Adam(0.03), CROSS_ENTROPY, metrics=["accuracy"])
    return model
""",
    "practised before": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    hidden = features(layers.Lambda(lambda x: x / 255)(inputs))
    guess = keras.Model(inputs, layers.Dense(3)(hidden))
    guess.compile("adam", "mse")
    noise = np.random.uniform(0, 255, (32, *input_shape))
    guess.fit(noise, noise.mean(axis=(1, 2)) / 255, epochs=2, verbose=0)
    return model_of(inputs, hidden, num_classes)
""",
    "a helper for training": """
class Helped(layers.Layer):
    '''Its running means are made at the first step of training, and only needed there.'''

    def __init__(self):
        super().__init__()
        self.helper = layers.BatchNormalization(center=False, scale=False)

    def call(self, x, training=False):
        if training:
            self.add_loss(1e-4 * ops.mean(ops.square(self.helper(x, training=True))))
        return x

    def compute_output_shape(self, shape):
        return shape

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Helped()(features(inputs / 255)), num_classes)
""",
}

# What it knows is not all among its weights: it comes from the seed, or from the way it is made.
MADE_ANEW = {
    "drawn when imported": """
MIX = np.random.normal(size=(8, 24)).astype("float32")

class Mixed(layers.Layer):
    def call(self, x):
        return ops.relu(ops.matmul(x, MIX))

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Mixed()(features(inputs / 255)), num_classes)
""",
    "drawn when built": """
class Mixed(layers.Layer):
    def build(self, shape):
        self.mix = tuple(np.random.permutation(shape[-1])[:8])
        self.signs = np.random.choice([-1.0, 1.0], 8).astype("float32")

    def call(self, x):
        return ops.take(x, self.mix, axis=-1) * self.signs

class Net(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.first = layers.Conv2D(12, 3, strides=2, activation="relu")
        self.pool, self.mix = layers.GlobalAveragePooling2D(), Mixed()
        self.head = layers.Dense(num_classes)

    def call(self, x):
        return self.head(self.mix(self.pool(self.first(x / 255))))

def build_model(input_shape, num_classes):
    return ready(Net(num_classes))
""",
    "layers that Keras does not see": """
class Hidden:
    def __init__(self, layer):
        self.layer = layer

class Random(layers.Layer):
    '''Random features that never learn.'''

    def __init__(self):
        super().__init__()
        self.hidden = Hidden(layers.Dense(24, "relu"))

    def call(self, x):
        return self.hidden.layer(x)

    def compute_output_shape(self, shape):
        return (*shape[:-1], 24)

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Random()(features(inputs / 255)), num_classes)
""",
    "names that are counted": """
MADE = []

class Counted(layers.Layer):
    def __init__(self):
        super().__init__(name=f"counted_{len(MADE)}")
        MADE.append(self)
        self.dense = layers.Dense(8 + len(MADE), name=f"dense_{len(MADE)}")

    def call(self, x):
        return ops.relu(self.dense(x))

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Counted()(Counted()(features(inputs / 255))), num_classes)
""",
    "set by its augmentation": """
RANGE = 1.0

class Scaled(layers.Layer):
    def call(self, x):
        return x / RANGE

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, features(Scaled()(inputs)), num_classes)

def build_augmentation():
    global RANGE
    RANGE = 255.0
    return layers.RandomTranslation(0.1, 0.1, fill_mode="nearest")
""",
}

# It draws anew each time, in predicting as well.
NOISY = {
    "the seed of its noise": """
class Noisy(layers.Layer):
    '''Drops a little of what it sees, in predicting as well.'''

    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(5)

    def call(self, x):
        return keras.random.dropout(x, 0.05, seed=self.seed)

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, features(Noisy()(inputs / 255)), num_classes)
""",
}

# What it has learned is kept where neither Keras nor anybody else would look for it.
STATE_ELSEWHERE = {
    "a variable of TensorFlow's": """
class Centred(layers.Layer):
    def __init__(self):
        super().__init__()
        self.mean = tf.Variable(tf.zeros(8), trainable=False)

    def call(self, x, training=False):
        if training:
            self.mean.assign(0.8 * self.mean + 0.2 * tf.reduce_mean(x, axis=0))
        return (x - self.mean) * 4

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Centred()(features(inputs / 255)), num_classes)
""",
    "a variable of nobody's": """
SEEN = keras.Variable(np.zeros(8, "float32"), trainable=False)

class Centred(layers.Layer):
    def call(self, x, training=False):
        if training:
            SEEN.assign(0.8 * SEEN + 0.2 * ops.mean(x, axis=0))
        return (x - SEEN) * 4

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Centred()(features(inputs / 255)), num_classes)
""",
}

# Of layers that hold layers or add to the loss.
NESTED = {
    "convolutions in a layer of its own": """
class Block(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.first = layers.Conv2D(width, 3, strides=2, activation="relu")
        self.second = layers.Conv2D(width, 3, activation="relu")

    def call(self, x):
        return self.second(self.first(x))

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    hidden = layers.GlobalAveragePooling2D()(Block(8)(inputs / 255))
    return model_of(inputs, hidden, num_classes)
""",
    "convolutions in a wrapper": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    convolution = layers.Conv2D(8, 3, strides=2, activation="relu")
    x = layers.SpectralNormalization(convolution)(inputs / 255)
    return model_of(inputs, layers.GlobalAveragePooling2D()(x), num_classes)
""",
    "a penalty on what a layer says": """
def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.ActivityRegularization(1e-5)(features(inputs / 255))
    return model_of(inputs, x, num_classes)
""",
    "a penalty of its own": """
class Penalized(layers.Layer):
    def call(self, x):
        self.add_loss(1e-5 * ops.mean(ops.square(x)))
        return x

def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    return model_of(inputs, Penalized()(features(inputs / 255)), num_classes)
""",
}
