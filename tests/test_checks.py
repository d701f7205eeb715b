from __future__ import annotations

import time
from pathlib import Path
from typing import Any, get_args

import pytest

from autograder.checks import RULES, check_sources
from autograder.config import Config
from autograder.intake import collect
from autograder.models import Finding, Location, SourceFile, Submission
from autograder.notebooks import read_notebook
from autograder.rubric import StaticRule

ROOT = Path(__file__).parent.parent
RUBRIC = [
    {
        "id": "score",
        "title": "Score",
        "points": 1,
        "metric": "macro_f1",
        "zero_at": 0,
        "full_at": 1,
    }
]
MODEL = """
def build_model(input_shape, num_classes):
    return keras.Sequential([
        keras.Input(input_shape),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(num_classes),
    ])
"""
AUGMENTATION = """
def build_augmentation():
    return keras.layers.RandomRotation(0.02)
"""
PLAN = """
def training_plan():
    return {"epochs": 5, "batch_size": 64}
"""
COMPLETE = f"import keras\n{MODEL}{AUGMENTATION}{PLAN}"


def configure(**sections: Any) -> Config:
    return Config.model_validate({"version": 1, "rubric": RUBRIC, **sections})


def check(main: str, config: Config | None = None, **helpers: str) -> tuple[Finding, ...]:
    """Check a main module and helpers given by name."""
    texts = {"submission": main, **helpers}
    files = tuple(SourceFile(f"{name}.py", text, f"{name}.py") for name, text in texts.items())
    submission = Submission("anna", "anna", "", Path("anna"), files, "0" * 64)
    return check_sources(submission, config or configure())


def rules(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


def check_line(line: str, imports: str = "") -> tuple[Finding, ...]:
    """Check a complete submission that has one more line, at the top level."""
    return check(f"import keras\n{imports}\n{line}\n{MODEL}{AUGMENTATION}{PLAN}")


# --- ordinary work passes -----------------------------------------------------------------------

FUNCTIONAL = '''
"""A small residual network, after https://arxiv.org/abs/1512.03385."""
from __future__ import annotations
import math
from dataclasses import dataclass
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers, models, regularizers

WIDTHS = [32, 64, 128]
KERNEL = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
EMBOSS = "2"


@dataclass(frozen=True)
class Block:
    width: int
    stride: int = 1

    def __call__(self, x):
        shortcut = x
        x = layers.Conv2D(self.width, 3, strides=self.stride, padding="same",
                          kernel_regularizer=regularizers.l2(1e-4))(x)
        x = layers.BatchNormalization()(x)
        if shortcut.shape != x.shape:
            shortcut = layers.Conv2D(self.width, 1, strides=self.stride)(shortcut)
        return layers.ReLU()(layers.add([x, shortcut]))


def build_model(input_shape, num_classes, dropout=0.3):
    """Build it; see https://keras.io for the layers."""
    inputs = input = keras.Input(shape=input_shape)
    x = layers.Rescaling(1.0 / 255)(inputs)
    for i, width in enumerate(WIDTHS):
        x = Block(width, stride=1 if i == 0 else 2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    model = models.Model(inputs, outputs)
    steps = math.ceil(80_000 / 64)
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, steps)
    model.compile(optimizer=keras.optimizers.Adam(schedule),
                  loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.summary()
    print("built", sum(int(tf.size(v)) for v in model.trainable_variables))
    return model


def build_augmentation():
    return keras.Sequential([
        layers.RandomRotation(0.05, fill_mode="nearest"),
        layers.RandomTranslation(0.1, 0.1),
        layers.RandomContrast(0.3),
    ])


def training_plan():
    return {"epochs": 20, "batch_size": 64}


if __name__ == "__main__":
    build_model((32, 32, 3), 43)
'''

SUBCLASSED = """
import functools
import keras
import tensorflow as tf
from keras import layers, ops


@keras.saving.register_keras_serializable()
class Weather(layers.Layer):
    def __init__(self, strength=0.2, **kwargs):
        super().__init__(**kwargs)
        self.strength = strength
        self.open = False
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, images, training=False):
        if not training:
            return images
        noise = keras.random.normal(ops.shape(images), seed=self.seed_generator)
        images = tf.image.adjust_saturation(images, 0.8)
        images = tf.image.random_jpeg_quality(images[0], 60, 90)[None]
        coded = tf.io.encode_jpeg(tf.cast(images[0], tf.uint8))
        images = tf.cast(tf.io.decode_jpeg(coded), "float32")
        spectrum = tf.signal.fft2d(tf.cast(images, "complex64"))
        return ops.clip(images + 255 * self.strength * noise, 0, 255)

    def get_config(self):
        return super().get_config() | {"strength": self.strength}


class Net(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.blocks = [layers.Conv2D(w, 3, activation="relu") for w in (32, 64, 64)]
        self.head = layers.Dense(num_classes)
        self.weather = Weather()

    def call(self, x, training=False):
        x = functools.reduce(lambda value, block: block(value), self.blocks, x / 255.0)
        self.weather.open = True
        return self.head(ops.max(x, axis=(1, 2)))

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)

    def save(self):
        return self.__class__.__name__


build_model = lambda input_shape, num_classes: Net(num_classes)
build_augmentation = Weather


def training_plan(epochs=10, *, batch_size=128):
    return dict(epochs=epochs, batch_size=batch_size)
"""

TRANSFER = """
import keras
from keras.applications import MobileNetV2
from keras.applications.mobilenet_v2 import preprocess_input


def build_model(input_shape, num_classes):
    base = MobileNetV2(input_shape=input_shape, include_top=False, weights=None, alpha=0.35)
    other = keras.applications.EfficientNetB0(weights=None, classes=num_classes)
    layers = [keras.layers.Lambda(preprocess_input), base, keras.layers.GlobalMaxPooling2D()]
    model = keras.Sequential(layers + [keras.layers.Dense(num_classes)])
    base.title = getattr(base, "__doc__", "") or base.__class__.__name__
    model.load = lambda: None
    model.load()
    return model


def build_augmentation():
    return keras.Sequential([keras.layers.RandomZoom((-0.2, 0.2))])


def training_plan():
    return {"epochs": 2, "batch_size": 32}
"""


@pytest.mark.parametrize("source", [COMPLETE, FUNCTIONAL, SUBCLASSED, TRANSFER])
def test_ordinary_keras_code_passes(source: str) -> None:
    assert check(source) == ()


def test_helpers_may_hold_the_functions() -> None:
    main = (
        "import keras\nimport blocks\nfrom blocks import *\n"
        "from augment import make as build_augmentation\nplan = blocks.plan\n"
        "training_plan = plan\n"
    )
    helpers = {
        "blocks": f"import keras\n{MODEL}\ndef plan():\n    return {{}}\n",
        "augment": "import keras\nfrom blocks import plan\ndef make():\n    return keras.Layer()\n",
    }
    assert check(main, None, **helpers) == ()


def test_a_function_may_be_defined_in_a_branch() -> None:
    branches = (
        "try:\n    import tensorflow\nexcept ImportError:\n    def training_plan(): return {}\n"
        "else:\n    def training_plan(): return {}\n"
    )
    assert check(f"import keras\n{MODEL}{AUGMENTATION}{branches}") == ()


def test_an_invalid_escape_is_not_an_error_of_ours() -> None:
    assert check_line(r"pattern = '\d'") == ()


# --- syntax and size ----------------------------------------------------------------------------


def test_a_syntax_error_is_placed() -> None:
    (finding,) = check(f"{COMPLETE}\ndef f(:\n    pass\n")
    assert finding.rule == "syntax"
    assert finding.location == Location("submission.py", COMPLETE.count("\n") + 2)


def test_a_syntax_error_in_a_notebook_names_the_cell() -> None:
    data = (
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}, '
        b'{"cell_type": "code", "source": "y = 2\\nz = = 3"}]}'
    )
    file = read_notebook(data, "submission.py", "hw.ipynb")
    assert isinstance(file, SourceFile)
    submission = Submission("anna", "anna", "", Path("anna"), (file,), "0" * 64)
    (finding,) = check_sources(submission, configure())
    assert str(finding).startswith("hw.ipynb, cell 2, line 2: Python cannot read this")


def test_a_syntax_error_in_a_helper_leaves_the_rest_to_be_checked() -> None:
    findings = check(COMPLETE + "\nimport os\nfrom broken import x\n", broken="x = (")
    assert rules(findings) == ["forbidden-import", "syntax"]
    assert str(findings[1].location) == "broken.py, line 1"


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5000,
        "x = " + "(" * 150 + "1" + ")" * 150 + "[" * 5000,
        "x = " + "-" * 50_000 + "1",
        "x = 1" + " + 1" * 15_000,
        "x = a" + ".b" * 30_000,
        "x = " + "not " * 15_000 + "1",
        "x = f" + "()" * 30_000,
        "".join(" " * depth + "if x:\n" for depth in range(300)),
        "x = 9" + "9" * 5000,
        "x = '\ud800'",
        "\0",
    ],
    ids=range(11),
)
def test_hostile_source_is_judged_not_crashed_on(source: str) -> None:
    config = configure(budget={"source_kib": 128})
    files = (SourceFile("submission.py", source, "submission.py"),)
    submission = Submission("anna", "anna", "", Path("anna"), files, "0" * 64)
    assert set(rules(check_sources(submission, config))) <= {
        "syntax",
        "required-functions",
        "no-large-literals",
    }
    assert rules(check_sources(submission, config))


def test_source_beyond_the_budget_is_too_large_all_files_together() -> None:
    config = configure(budget={"source_kib": 1})
    helper = "#" + "ä" * ((1024 - len(COMPLETE)) // 2 + 50)
    findings = check(COMPLETE, config, helper=helper)
    assert rules(findings) == ["source-size"]
    assert findings[0].message == "The source has 1.1 KiB; at most 1 KiB."
    assert check(COMPLETE, config, helper=helper[:100]) == ()


def test_source_far_too_long_is_not_parsed() -> None:
    assert rules(check(COMPLETE + "#" * 600_000)) == ["source-size", "syntax"]


# --- the three functions ------------------------------------------------------------------------


def test_missing_functions_are_named_with_what_to_write() -> None:
    findings = check("import keras\n")
    assert rules(findings) == ["required-functions"] * 3
    assert findings[0].message == "`build_model` is missing."
    assert "def build_model(input_shape, num_classes):" in findings[0].hint
    assert findings[0].location == Location("submission.py")


def test_a_misspelt_or_hidden_function_is_pointed_out() -> None:
    hidden = "class Net:\n    def build_model(self, input_shape, num_classes): ...\n"
    misspelt = "def build_augmentations():\n    return 1\n"
    findings = check(hidden + misspelt + PLAN)
    assert "The one in line 2 is inside of something else." in findings[0].hint
    assert "Did you mean `build_augmentations`?" in findings[1].hint


def test_modules_that_import_from_each_other_in_a_circle_define_nothing() -> None:
    circle = "from {} import *\nfrom {} import training_plan\n"
    main = f"import keras\n{MODEL}{AUGMENTATION}" + circle.format("a", "a")
    findings = check(main, a=circle.format("b", "b"), b=circle.format("a", "submission"))
    assert rules(findings) == ["required-functions"]


@pytest.mark.parametrize(
    "definition",
    [
        "def build_model(): return 1",
        "def build_model(shape): return 1",
        "def build_model(a, b, c): return 1",
        "def build_model(num_classes, input_shape): return 1",
        "def build_model(a, b, *, c): return 1",
        "def build_model(*, input_shape, num_classes): return 1",
        "async def build_model(input_shape, num_classes): return 1",
        "def build_model(input_shape, num_classes): yield 1",
        "def build_model(input_shape, num_classes):\n    for x in []:\n        yield from x",
        "build_model = lambda shape: 1",
        "def make(shape): return 1\nbuild_model = make",
    ],
)
def test_a_function_that_cannot_be_called_as_agreed_is_found(definition: str) -> None:
    assert rules(check(f"import keras\n{definition}\n{AUGMENTATION}{PLAN}")) == ["signature"]


@pytest.mark.parametrize(
    "definition",
    [
        "def build_model(input_shape, num_classes=43, width=32, *, depth=2, **more): return 1",
        "def build_model(*args): return 1",
        "def build_model(shape, /, *rest): return 1",
        "build_model = lambda input_shape, num_classes: 1",
        "class build_model(keras.Model):\n    pass",
        "def build_model(input_shape, num_classes):\n    rows = (lambda: (yield))\n    return rows",
        "@decorate\ndef build_model(model, input_shape, num_classes): return 1",
        "build_model, other = 1, 2",
        "build_model: object = lambda a, b: 1",
    ],
)
def test_a_function_that_can_be_called_passes(definition: str) -> None:
    assert check(f"import keras\n{definition}\n{AUGMENTATION}{PLAN}") == ()


def test_functions_without_arguments_may_not_ask_for_any() -> None:
    plan = "def training_plan(images):\n    return {}\n"
    (finding,) = check(f"import keras\n{MODEL}{AUGMENTATION}{plan}")
    assert finding.message == "`training_plan` has to take no arguments."


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError",
        "raise NotImplementedError('todo')",
        "pass",
        "...",
        "'''Doc.'''\n    ...\n    raise NotImplementedError",
    ],
)
def test_a_function_left_empty_is_still_the_templates(body: str) -> None:
    plan = f"def training_plan():\n    '''Plan.'''\n    {body}\n"
    (finding,) = check(f"import keras\n{MODEL}{AUGMENTATION}{plan}")
    assert finding.rule == "not-implemented"
    assert "delete the one that you do not use" in finding.hint


@pytest.mark.parametrize("name", ["submission.py", "submission.ipynb"])
def test_the_handout_is_only_not_implemented_yet(name: str) -> None:
    (submission,) = collect([ROOT / "assignment" / name], configure())
    assert submission.problems == ()
    assert rules(check_sources(submission, configure())) == ["not-implemented"] * 3


# --- what may not be imported, called, contained ------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "import torch",
        "import importlib.util",
        "from matplotlib import pyplot as plt",
        "from blocks import missing",
        "from . import blocks",
        "from .blocks import x",
        "def f():\n    import subprocess",
    ],
)
def test_a_foreign_import_is_found(line: str) -> None:
    findings = check_line(line)
    assert rules(findings) == ["forbidden-import"]
    assert findings[0].location is not None
    assert findings[0].location.line in (3, 4)


def test_own_modules_and_more_allowed_ones_may_be_imported() -> None:
    config = configure(rules={"allowed_imports": ["keras", "scipy"]})
    source = f"import scipy.ndimage\nimport blocks\n{COMPLETE}"
    assert check(source, config, blocks="import submission") == ()
    assert rules(check("import numpy\n" + COMPLETE, config)) == ["forbidden-import"]


def test_the_hint_in_a_notebook_leads_to_exploration_cells() -> None:
    data = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "import matplotlib"}]}'
    file = read_notebook(data, "submission.py", "hw.ipynb")
    assert isinstance(file, SourceFile)
    submission = Submission("anna", "anna", "", Path("anna"), (file,), "0" * 64)
    (finding,) = (
        found
        for found in check_sources(submission, configure())
        if found.rule == "forbidden-import"
    )
    assert "`# exploration`" in finding.hint
    assert "`# exploration`" not in check_line("import matplotlib")[0].hint


@pytest.mark.parametrize(
    "line",
    [
        "eval('1')",
        "exec('x = 1')",
        "list(map(eval, ['1']))",
        "run = exec",
        "compile('1', 'x', 'eval')",
        "__import__('os')",
        "globals()['x'] = 1",
        "vars()",
        "input('go?')",
        "exit()",
        "breakpoint()",
        "getattr(keras, '__dict__')",
        "setattr(keras, '__version__', 'x')",
        "().__class__.__base__.__subclasses__()",
        "f = (lambda: 0).__globals__",
        "__builtins__",
    ],
)
def test_dynamic_code_is_found(line: str) -> None:
    assert rules(check_line(line)) == ["forbidden-call"]


@pytest.mark.parametrize(
    ("imports", "line"),
    [
        ("", "keras.applications.MobileNetV2()"),
        ("", "keras.applications.MobileNetV2(weights='imagenet')"),
        ("", "keras.applications.resnet.ResNet50(include_top=False)"),
        ("import tensorflow as tf", "tf.keras.applications.VGG16(**options)"),
        ("from tensorflow.keras.applications import VGG16 as Net", "Net(weights=mine)"),
        ("import tensorflow as tf", "K = tf.keras\nK.applications.VGG16()"),
        ("", "keras.utils.get_file('x')"),
        ("from keras.datasets import mnist", "mnist.load_data()"),
        ("", "address = 'https://example.org/weights.h5'"),
        ("", "address = f'gs://bucket/{keras}'"),
    ],
)
def test_downloads_are_found(imports: str, line: str) -> None:
    assert rules(check_line(line, imports)) == ["no-downloads"]


@pytest.mark.parametrize(
    ("imports", "line"),
    [
        ("", "open('x')"),
        ("", "with open('x') as file: pass"),
        ("import numpy as np", "np.load('x.npy')"),
        ("import numpy", "numpy.savez('x.npz')"),
        ("from numpy import genfromtxt as read", "read('x.csv')"),
        ("import numpy as np", "load = np.load"),
        ("from tensorflow import io as tio", "tio.read_file('x')"),
        ("import tensorflow as tf", "tf.io.gfile.GFile('x')"),
        ("import tensorflow as tf", "tf.data.TFRecordDataset('x')"),
        ("import tensorflow as tf", "tf.train.Checkpoint()"),
        ("from keras.models import load_model as lm", "lm('x.keras')"),
        ("", "keras.saving.save_model(1, 'x')"),
        ("", "keras.utils.image_dataset_from_directory('x')"),
        ("", "model.load_weights('x')"),
        ("", "model.save('x.keras')"),
        ("import tensorflow as tf", "tf.compat.v1.keras.models.load_model('x')"),
    ],
)
def test_file_access_is_found(imports: str, line: str) -> None:
    assert rules(check_line(line, imports)) == ["no-file-access"]


@pytest.mark.parametrize(
    ("imports", "line"),
    [
        ("import os", "os.environ['HOME']"),
        ("import os as system", "system.getenv('HOME')"),
        ("from os import environ as e", "home = e"),
        ("import sys", "sys.exit()"),
        ("import numpy as np", "np.lib.npyio.os.listdir()"),
    ],
)
def test_environment_access_is_found(imports: str, line: str) -> None:
    found = [rule for rule in rules(check_line(line, imports)) if rule != "forbidden-import"]
    assert found == ["no-environment-access"]


@pytest.mark.parametrize(
    "line",
    [
        f"x = {[0] * 257}",
        f"x = {[[0.5] * 60] * 5}",
        f"x = {tuple([-1] * 257)}",
        f"x = {dict(enumerate(range(129)))}",
        f"x = {set(range(257))}",
        f"x = '{'a' * 2001}'",
        f"x = b'{'a' * 2001}'",
        f"x = f'{'a' * 1500}{{keras}}{'b' * 501}'",
        f"x = ('{'a' * 1500}'\n     '{'b' * 501}')",
        f"x = 0x{'f' * 2002}",
        f"'''{'a' * 8001}'''",
    ],
    ids=range(11),
)
def test_a_large_literal_is_found_once(line: str) -> None:
    assert rules(check_line(line)) == ["no-large-literals"]


@pytest.mark.parametrize(
    "line",
    [
        f"x = {[0] * 256}",
        f"x = {[['f(1)'] * 51] * 5}".replace("'", ""),
        f"x = '{'a' * 2000}'",
        f"x = 0x{'f' * 2000}",
        f"'''{'a' * 8000}'''",
        "x = True",
    ],
    ids=range(6),
)
def test_a_literal_within_the_budget_passes(line: str) -> None:
    assert check_line(line) == ()


def test_the_literal_budget_comes_from_the_config() -> None:
    config = configure(budget={"literal_elements": 4, "literal_chars": 30})
    assert len(check(f"x = [1, 2, 3, 4, 5]\ny = '{'a' * 31}'\n{COMPLETE}", config)) == 2
    assert check(COMPLETE, config) == ()


# --- the order, the switches, the cost ----------------------------------------------------------


def test_findings_come_in_the_order_of_files_and_lines() -> None:
    main = f"import torch\nopen('x')\n{COMPLETE}\nimport os\n"
    findings = check(main, helper="import cv2\n")
    places = [str(finding.location) for finding in findings]
    last = main.count("\n")
    assert places == [
        "submission.py, line 1",
        "submission.py, line 2",
        f"submission.py, line {last}",
        "helper.py, line 1",
    ]


def test_one_mistake_made_everywhere_is_not_told_forever() -> None:
    assert len(check(COMPLETE + "\neval('1')" * 500)) == 20


EXAMPLES: dict[StaticRule, str] = {
    "source-size": COMPLETE + "#" * 70_000,
    "signature": f"import keras\n{MODEL}{AUGMENTATION}def training_plan(x): return {{}}\n",
    "not-implemented": f"import keras\n{MODEL}{AUGMENTATION}def training_plan(): ...\n",
    "forbidden-import": f"import os\n{COMPLETE}",
    "forbidden-call": f"{COMPLETE}\neval('1')",
    "no-downloads": f"{COMPLETE}\nkeras.applications.VGG16()",
    "no-file-access": f"{COMPLETE}\nopen('x')",
    "no-environment-access": f"import numpy\nnumpy.os.getcwd()\n{COMPLETE}",
    "no-large-literals": f"{COMPLETE}\nx = '{'a' * 3000}'",
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_can_be_switched_off(rule: StaticRule) -> None:
    assert rules(check(EXAMPLES[rule])) == [rule]
    assert check(EXAMPLES[rule], configure(rules={"disabled": [rule]})) == ()


def test_every_rule_of_the_config_is_implemented_and_documented() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert {*RULES, "syntax", "source-size"} == set(get_args(StaticRule))
    assert [rule for rule in get_args(StaticRule) if f"## {rule}\n" not in page] == []


def test_a_submission_without_files_has_no_findings() -> None:
    submission = Submission("anna", "anna", "", Path("anna"), (), "0" * 64)
    assert check_sources(submission, configure()) == ()


def test_helpers_without_a_main_module_are_checked_for_themselves() -> None:
    files = (SourceFile("helper.py", "import os\n", "helper.py"),)
    submission = Submission("anna", "anna", "", Path("anna"), files, "0" * 64)
    assert rules(check_sources(submission, configure())) == ["forbidden-import"]


def test_a_normal_submission_is_checked_in_a_moment() -> None:
    check(FUNCTIONAL)
    started = time.process_time()
    for _ in range(10):
        check(FUNCTIONAL)
    assert (time.process_time() - started) / 10 < 0.1
