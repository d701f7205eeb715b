"""Submissions as students might write them, each on its own; and ways to disguise a copy."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from itertools import chain, pairwise
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
TEMPLATE = (ROOT / "assignment/submission.py").read_text(encoding="utf-8")
REFERENCE = (ROOT / "solutions/reference/submission.py").read_text(encoding="utf-8")

LIST = """
import keras
from keras import layers


def build_model(input_shape, num_classes):
    model = keras.Sequential([
        layers.Input(shape=input_shape),
        layers.Rescaling(1.0 / 255),
        layers.Conv2D(32, (3, 3), activation="relu", padding="same"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu", padding="same"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(128, (3, 3), activation="relu", padding="same"),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
        layers.Dense(256, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_augmentation():
    return keras.Sequential([
        layers.RandomRotation(0.05),
        layers.RandomZoom(0.1),
        layers.RandomTranslation(0.1, 0.1),
    ])


def training_plan():
    return {"epochs": 12, "batch_size": 64}
"""

ADDING = """
from keras.models import Sequential
from keras.layers import Input, Conv2D, BatchNormalization, Activation, MaxPool2D, Dense
from keras.layers import GlobalAveragePooling2D, Rescaling, RandomContrast, RandomRotation
from keras.optimizers import Adam


def build_model(input_shape, num_classes):
    net = Sequential()
    net.add(Input(input_shape))
    net.add(Rescaling(scale=1 / 127.5, offset=-1))
    for n_filters in [24, 48, 96]:
        net.add(Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal"))
        net.add(BatchNormalization())
        net.add(Activation("relu"))
        net.add(Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal"))
        net.add(BatchNormalization())
        net.add(Activation("relu"))
        net.add(MaxPool2D())
    net.add(GlobalAveragePooling2D())
    net.add(Dense(num_classes))
    net.add(Activation("softmax"))
    net.compile(Adam(learning_rate=0.002), "sparse_categorical_crossentropy")
    return net


def build_augmentation():
    aug = Sequential()
    aug.add(RandomRotation(0.04, fill_mode="nearest"))
    aug.add(RandomContrast(0.3))
    return aug


def training_plan():
    plan = dict(epochs=8, batch_size=32)
    return plan
"""

RESIDUAL = """
import keras
import keras.layers as L


def conv_bn(t, filters, kernel=3, stride=1):
    t = L.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)(t)
    return L.BatchNormalization()(t)


def res_block(t, filters, stride):
    skip = t
    out = L.Activation("relu")(conv_bn(t, filters, stride=stride))
    out = conv_bn(out, filters)
    if stride != 1 or skip.shape[-1] != filters:
        skip = conv_bn(skip, filters, kernel=1, stride=stride)
    return L.Activation("relu")(L.add([out, skip]))


def build_model(input_shape, num_classes):
    image = L.Input(input_shape)
    t = L.Rescaling(1 / 255)(image)
    t = L.Activation("relu")(conv_bn(t, 16))
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        t = res_block(t, filters, stride)
    t = L.GlobalAveragePooling2D()(t)
    prediction = L.Dense(num_classes, activation="softmax")(t)
    return keras.Model(inputs=image, outputs=prediction)


def build_augmentation():
    return keras.Sequential([L.RandomShear(0.1, 0.1), L.RandomBrightness(0.2)])


def training_plan():
    return {"epochs": 10, "batch_size": 128}
"""

SUBCLASS = """
import keras
from keras import layers, ops


class SqueezeExcite(layers.Layer):
    def __init__(self, channels, ratio=8, **kwargs):
        super().__init__(**kwargs)
        self.pool = layers.GlobalAveragePooling2D(keepdims=True)
        self.reduce = layers.Dense(channels // ratio, activation="relu")
        self.expand = layers.Dense(channels, activation="sigmoid")

    def call(self, features):
        weights = self.expand(self.reduce(self.pool(features)))
        return features * weights


class SignNet(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.stem = layers.Conv2D(32, 5, strides=2, activation="gelu")
        self.attend = SqueezeExcite(32)
        self.deep = layers.SeparableConv2D(96, 3, activation="gelu")
        self.pool = layers.MaxPooling2D()
        self.flat = layers.Flatten()
        self.head = layers.Dense(num_classes)

    def call(self, images, training=None):
        hidden = self.stem(images / 255.0)
        hidden = self.attend(hidden)
        hidden = self.pool(self.deep(hidden))
        return self.head(self.flat(hidden))


def build_model(input_shape, num_classes):
    network = SignNet(num_classes)
    network.build((None, *input_shape))
    network.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=None),
    )
    return network


class Noise(layers.Layer):
    def call(self, images, training=True):
        noise = keras.random.normal(ops.shape(images), stddev=8.0)
        return ops.clip(images + noise, 0.0, 255.0)


def build_augmentation():
    return Noise()


def training_plan():
    epochs = 6
    return {"epochs": epochs, "batch_size": 50}
"""

DEPTHWISE = """
import tensorflow as tf

FILTERS = [(32, 1), (64, 2), (96, 2), (128, 2)]


def mobile_block(inputs, filters, stride):
    x = tf.keras.layers.DepthwiseConv2D(3, strides=stride, padding="same")(inputs)
    x = tf.keras.layers.LeakyReLU(negative_slope=0.1)(x)
    x = tf.keras.layers.Conv2D(filters, 1)(x)
    return tf.keras.layers.LeakyReLU(negative_slope=0.1)(x)


def build_model(input_shape, num_classes):
    inp = tf.keras.layers.Input(shape=input_shape)
    x = tf.keras.layers.Normalization(mean=110.0, variance=4900.0)(inp)
    x = tf.keras.layers.Conv2D(24, 3, padding="same", activation="elu")(x)
    for f, s in FILTERS:
        x = mobile_block(x, f, s)
    x = tf.keras.layers.GlobalMaxPooling2D()(x)
    x = tf.keras.layers.Dropout(rate=0.25)(x)
    out = tf.keras.layers.Dense(num_classes, activation=tf.nn.softmax)(x)
    m = tf.keras.Model(inp, out, name="mobile")
    m.compile(loss="sparse_categorical_crossentropy", optimizer=tf.keras.optimizers.RMSprop(1e-3))
    return m


def build_augmentation():
    inp = tf.keras.Input((None, None, 3))
    y = tf.keras.layers.RandomTranslation(0.12, 0.12, fill_mode="reflect")(inp)
    y = tf.keras.layers.GaussianNoise(6)(y)
    return tf.keras.Model(inp, y)


def training_plan():
    return {"batch_size": 96, "epochs": 15}
"""

COMPREHENSION = """
from keras import Input, Model, Sequential, layers, regularizers

WIDTHS = 20, 40, 80
DECAY = regularizers.L2(1e-4)


def stack(width):
    return [
        layers.Conv2D(width, 5 if width < 30 else 3, kernel_regularizer=DECAY, activation="swish"),
        layers.SpatialDropout2D(0.1),
        layers.AveragePooling2D(pool_size=2, strides=2, padding="same"),
    ]


def build_model(input_shape, num_classes):
    body = [layer for width in WIDTHS for layer in stack(width)]
    scale = layers.Lambda(lambda image: (image - 128) / 64)
    head = [layers.Flatten(), layers.Dense(100, "swish"), layers.Dense(num_classes, "softmax")]
    return Sequential([Input(input_shape), scale, *body, *head])


def build_augmentation():
    steps = [layers.RandomCrop(30, 30), layers.Resizing(32, 32), layers.RandomHue(0.05)]
    return Sequential(steps)


def training_plan():
    return dict(zip(("epochs", "batch_size"), (9, 40)))
"""

TUTORIAL = """
import keras
from keras import layers

data_augmentation_layers = [
    layers.RandomRotation(0.08),
    layers.RandomZoom(0.2),
]


def build_model(input_shape, num_classes):
    inputs = keras.Input(shape=input_shape)
    x = layers.Rescaling(1.0 / 255)(inputs)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.MaxPooling2D(pool_size=2)(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D(pool_size=2)(x)
    x = layers.Conv2D(128, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(
        loss="sparse_categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"]
    )
    return model


def build_augmentation():
    return keras.Sequential(data_augmentation_layers)


def training_plan():
    return {"epochs": 20, "batch_size": 64}
"""

SHORT = '''
import keras
from keras import layers as kl


def build_model(input_shape, num_classes):
    """My network."""
    return keras.Sequential(
        [
            kl.Input(input_shape),
            kl.Rescaling(1 / 255.0),
            kl.Conv2D(16, 5, activation="relu"),
            kl.BatchNormalization(),
            kl.MaxPooling2D(2),
            kl.Conv2D(48, 3, activation="relu"),
            kl.BatchNormalization(),
            kl.MaxPooling2D(2),
            kl.Dropout(0.25),
            kl.Flatten(),
            kl.Dense(num_classes, activation="softmax"),
        ]
    )


def build_augmentation():
    return keras.Sequential(
        [
            kl.RandomTranslation(0.1, 0.1),
            kl.RandomRotation(0.03),
            kl.RandomBrightness(0.1),
        ]
    )


def training_plan():
    return {"epochs": 14, "batch_size": 32}
'''

# Written each on its own, as far as nine short answers to one question can be.
INDEPENDENT = {
    "list": LIST,
    "adding": ADDING,
    "residual": RESIDUAL,
    "subclass": SUBCLASS,
    "depthwise": DEPTHWISE,
    "comprehension": COMPREHENSION,
    "tutorial": TUTORIAL,
    "short": SHORT,
    "reference": REFERENCE,
}


def renamed(source: str) -> str:
    """Every name of the author's own is another, and the layout is a machine's."""
    tree = ast.parse(source)
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _stored(node)}
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    names = {name: f"q_{name}_new" for name in own | parameters}
    for kept in ("self", "call", "compute_output_shape", "__init__", "training", *CONTRACT):
        names.pop(kept, None)
    return ast.unparse(_Renamer(names, parameters).visit(tree))


CONTRACT = ("build_model", "build_augmentation", "training_plan")


def _stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


class _Renamer(ast.NodeTransformer):
    """Renames what is bound, its own parameters, and what is kept in ``self``."""

    def __init__(self, names: dict[str, str], parameters: set[str]) -> None:
        self._names = names
        self._parameters = parameters

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "arg", "name"):
            old = getattr(node, field, None)
            imported = isinstance(node, ast.alias)
            foreign = isinstance(node, ast.keyword) and old not in self._parameters
            if isinstance(old, str) and not imported and not foreign:
                setattr(node, field, self._names.get(old, old))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            node.attr = f"{node.attr}_new" if node.value.id == "self" else node.attr
        return super().generic_visit(node)


def reordered(source: str) -> str:
    """Functions and classes the other way round, imports in another order."""
    lines, tree = source.split("\n"), ast.parse(source)
    starts = [node.lineno - 1 for node in tree.body] + [len(lines)]
    blocks = ["\n".join(lines[at:end]) for at, end in pairwise(starts)]
    moved = [isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body]
    first = [block for block, is_moved in zip(blocks, moved, strict=True) if not is_moved]
    last = [block for block, is_moved in zip(blocks, moved, strict=True) if is_moved]
    return "\n".join([*first[::-1], *last[::-1]])


def recommented(source: str) -> str:
    """Other comments and docstrings, and much more white space."""
    lines = (f"{line}  # step {number}\n" for number, line in enumerate(_bare(source).split("\n")))
    return '"""All my own work."""\n' + "\n".join(lines)


def _bare(source: str) -> str:
    return ast.unparse(ast.parse(source))


def retuned(source: str) -> str:
    """Every number and every text is another one."""

    class Tuner(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            if isinstance(node.value, str):
                node.value = f"{node.value}_2"
            elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
                node.value = node.value * 2 + 1
            return node

    return ast.unparse(Tuner().visit(ast.parse(source)))


def imported_otherwise(source: str) -> str:
    """Another way to say where the layers come from."""
    body = re.sub(r"\b(?:layers|L|kl|tf\.keras\.layers)\.(?=[A-Z])", "nn.", source)
    return f"import math\nimport keras.layers as nn\n{body}"


def padded(source: str) -> str:
    """A statement without effect after every statement of a function."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            nothing = ast.parse("unused = 1").body
            node.body = [part for statement in node.body for part in (*nothing, statement)]
    return ast.unparse(ast.fix_missing_locations(tree))


def everything(source: str) -> str:
    """All disguises at once, but for the padding."""
    return recommented(retuned(renamed(reordered(imported_otherwise(source)))))


def half(source: str, other: str) -> str:
    """The network of one, all else of another."""
    return "\n".join([_functions(source, take=True), _functions(other, take=False)])


def _functions(source: str, *, take: bool) -> str:
    """Return a module without its function for the augmentation, or that function alone."""
    body = ast.parse(source).body
    others = {"build_augmentation", "training_plan"}
    kept = [
        node
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (getattr(node, "name", "") in others) is not take
    ]
    if not take:
        kept = [node for node in kept if getattr(node, "name", "") in others or _imports(node)]
    return "\n\n".join(map(ast.unparse, kept))


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


DISGUISES: dict[str, Callable[[str], str]] = {
    disguise.__name__: disguise
    for disguise in (
        renamed, reordered, recommented, retuned, imported_otherwise, padded, everything,
    )
}  # fmt: skip


def student(random: Random) -> str:
    """Return what an honest student might write who has read the same lecture as all others."""
    style = random.choice(["list", "add", "calls"])
    blocks = [_block(random) for _ in range(random.randint(2, 4))]
    head = random.choice(
        [["Flatten()"], ["GlobalAveragePooling2D()"], ["Flatten()", "Dropout(0.4)"]]
    )
    dense = random.choice([[], ["Dense(128, activation='relu')"], ["Dense(64)", "ReLU()"]])
    scale = random.choice(
        ["Rescaling(1 / 255)", "Rescaling(1 / 127.5, offset=-1)", "Normalization()"]
    )
    last = random.choice(["Dense(num_classes)", "Dense(num_classes, activation='softmax')"])
    network = [scale, *chain.from_iterable(blocks), *head, *dense, last]
    changes = random.sample(_CHANGES, random.randint(1, 4))
    return "\n".join(
        [
            "import keras",
            "from keras import layers",
            _built(
                "build_model(input_shape, num_classes)", style, network, random.choice(_COMPILES)
            ),
            _built("build_augmentation()", "list" if style == "calls" else style, changes, ""),
            "def training_plan():",
            f"    return {{'epochs': {random.randint(5, 30)}, 'batch_size': 64}}",
        ]
    )


def _block(random: Random) -> list[str]:
    width = random.choice([16, 24, 32, 48, 64, 96])
    padding = random.choice(["", ", padding='same'"])
    if random.random() < 0.4:
        layers = [f"Conv2D({width}, 3{padding}, use_bias=False)", "BatchNormalization()", "ReLU()"]
    else:
        layers = [f"Conv2D({width}, 3{padding}, activation='relu')"]
    layers += random.choice([["MaxPooling2D()"], ["MaxPooling2D(2)"], ["AveragePooling2D()"]])
    return layers + random.choice([[], [], ["Dropout(0.2)"], ["SpatialDropout2D(0.1)"]])


_CHANGES = [
    "RandomRotation(0.05)", "RandomRotation(0.03, fill_mode='nearest')", "RandomZoom(0.1)",
    "RandomZoom(0.1, 0.1, fill_mode='nearest')", "RandomTranslation(0.1, 0.1)",
    "RandomTranslation(height_factor=0.1, width_factor=0.1)", "RandomContrast(0.2)",
    "RandomBrightness(0.2)", "RandomShear(0.1, 0.1)", "GaussianNoise(5)",
]  # fmt: skip
_COMPILES = [
    "",
    "model.compile('adam', 'sparse_categorical_crossentropy')",
    "model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])",
    "model.compile(optimizer=keras.optimizers.Adam(0.002), loss='sparse_categorical_crossentropy')",
    "model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))",
]


def _built(signature: str, style: str, parts: list[str], more: str) -> str:
    """Return a function that builds a model of layers, in one of three styles."""
    own = [f"layers.{part}" for part in parts]
    if style == "list":
        body = ["model = keras.Sequential([", *(f"    {part}," for part in own), "])"]
    elif style == "add":
        body = ["model = keras.Sequential()", *(f"model.add({part})" for part in own)]
    else:
        body = ["inputs = keras.Input(input_shape)", f"x = {own[0]}(inputs)"]
        body += [*(f"x = {part}(x)" for part in own[1:]), "model = keras.Model(inputs, x)"]
    lines = (f"    {line}" for line in [*body, more, "return model"] if line)
    return "\n".join([f"def {signature}:", *lines, ""])
