"""Architectures that are Keras' own, and the ways in which a forged one could try to be."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from autograder.stock import foreign_part, read_architecture

CONV: dict[str, Any] = {
    "module": "keras.layers", "class_name": "Conv2D", "registered_name": None,
    "config": {"filters": 4, "activation": "relu"}, "build_config": {"input_shape": [None, 8, 8]},
}  # fmt: skip


def model(*layers: Any, **changes: Any) -> dict[str, Any]:
    facts = {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "sequential", "layers": list(layers)},
    }  # fmt: skip
    return facts | changes


def part(module: Any, name: Any, config: Any = None, **changes: Any) -> dict[str, Any]:
    config = {} if config is None else config
    facts = {"module": module, "class_name": name, "config": config, "registered_name": None}
    return facts | changes


def judged(architecture: Any) -> str | None:
    return foreign_part(read_architecture(json.dumps(architecture).encode()))


@pytest.mark.parametrize(
    "layer",
    [
        CONV,
        CONV | {"name": "conv", "inbound_nodes": []},
        model(CONV),
        part("keras.src.models.functional", "Functional", registered_name="Functional"),
        part("keras.src.ops.numpy", "Add", registered_name="Add"),
        part("keras.src.ops.core", "Cast", registered_name="Cast"),
        part("keras.layers", "Dense", {"kernel_initializer": part("keras.initializers", "Zeros")}),
        part("keras.layers", "Dense", {"kernel_regularizer": part("keras.regularizers", "L2")}),
        part("keras.layers", "Dense", {"dtype": part("keras", "DTypePolicy")}),
        part("keras.layers", "Activation",
             {"activation": part("builtins", "function", "relu", registered_name="relu")}),
        {"class_name": "__keras_tensor__",
         "config": {"shape": [None, 3], "dtype": "bfloat16", "keras_history": ["a", 0, 0]}},
        {"class_name": "__slice__", "config": {"start": None, "stop": 2, "step": None}},
        {"class_name": "__numpy__", "config": {"value": [[1, 2]], "dtype": "float32"}},
        {"class_name": "__ellipsis__", "config": {}},
    ],
)  # fmt: skip
def test_what_keras_writes_for_stock_models_passes(layer: dict[str, Any]) -> None:
    assert judged(model(layer)) is None


CODE = {"class_name": "__lambda__", "config": {"value": ["YwAAAA==", None, None]}}
FOREIGN = [
    (part("os", "system"), "'system' (from 'os')"),
    (part("submission", "Own", registered_name="Own"), "'Own' (from 'submission')"),
    (part(None, "Own"), "'Own' (from nowhere)"),
    (part("keras.layers", "Lambda", {"function": CODE}), "'Lambda'"),
    (part("keras.src.layers.core.lambda_layer", "Lambda"), "'Lambda'"),
    (part("keras.layers", "TFSMLayer", {"filepath": "/code"}), "'TFSMLayer'"),
    (part("keras.layers", "TorchModuleWrapper"), "'TorchModuleWrapper'"),
    (part("keras.layers", "JaxLayer"), "'JaxLayer'"),
    (part("keras.layers", "FlaxLayer"), "'FlaxLayer'"),
    (part("keras.src.utils.torch_utils", "TorchModuleWrapper"), "'TorchModuleWrapper'"),
    (part("keras.layers", "StringLookup", {"vocabulary": "/etc/passwd"}), "'StringLookup'"),
    (part("keras.models", "load_model"), "'load_model'"),
    (part("keras.initializers", "get"), "'get'"),
    (part("keras.src.ops.core", "Map", registered_name="Map"), "'Map'"),
    (part("keras.src.ops.linalg", "JVP", registered_name="JVP"), "'JVP'"),
    (part("keras.layers.evil", "Dense"), "'Dense' (from 'keras.layers.evil')"),
    (part("keras.layers", "Dense", registered_name="submission>Dense"), "'Dense'"),
    (part("keras.layers", ["Dense"]), "'Dense'"),
    (part(["keras.layers"], "Dense"), "'Dense'"),
    (part("keras.layers", "Dense", "kernel"), "'Dense'"),
    (part("keras.layers", "Dense", extra=1), "'Dense'"),
    ({"class_name": "Dense", "config": {}}, "'Dense' (from nowhere)"),  # an older format of Keras
    ({"module": "os", "config": {}}, "nowhere (from 'os')"),
    (part("builtins", "function", "eval", registered_name="eval"), "'eval' (from 'builtins')"),
    (part("os", "function", "system", registered_name="system"), "'system' (from 'os')"),
    (part("builtins", "function", "relu", registered_name="own>relu"), "'relu'"),
    (part("builtins", "function", ["relu"]), "relu"),
    (CODE, "'__lambda__'"),
    ({"class_name": "__typespec__", "spec_name": "X", "module": "os", "config": []}, "typespec"),
    ({"class_name": "__numpy__", "config": {"value": [], "dtype": "object"}}, "__numpy__"),
    ({"class_name": "__numpy__", "config": {"value": [], "dtype": ["f4"]}}, "__numpy__"),
    ({"class_name": "__numpy__", "config": None}, "__numpy__"),
]


@pytest.mark.parametrize(("foreign", "words"), FOREIGN)
@pytest.mark.parametrize("where", ["layer", "config", "build_config", "inbound_nodes", "name"])
def test_what_is_not_stock_is_found_wherever_it_hides(
    where: str, foreign: dict[str, Any], words: str
) -> None:
    hidden = {
        "layer": foreign,
        "config": part("keras.layers", "Bidirectional", {"layer": {"deep": [[foreign]]}}),
    }.get(where) or CONV | {where: [{"args": [foreign], "kwargs": {}}]}
    assert words in str(judged(model(CONV, hidden)))


@pytest.mark.parametrize("top", [None, 7, "keras", [CONV], {}, {"config": {}}])
def test_the_top_has_to_be_a_model(top: Any) -> None:
    assert judged(top) == "the architecture is not as Keras writes it"


def test_how_a_model_was_compiled_is_left_out_everywhere() -> None:
    own = {"loss": part("submission", "function", "own_loss")}
    inner = model(CONV, compile_config=own)
    architecture = read_architecture(json.dumps(model(inner, compile_config=own)).encode())
    assert foreign_part(architecture) is None
    assert "own_loss" not in json.dumps(architecture)


def test_of_two_values_for_one_key_only_the_judged_one_goes_on() -> None:
    raw = json.dumps(model(CONV)).replace('"Conv2D"', '"Lambda", "class_name": "Conv2D"').encode()
    architecture = read_architecture(raw)
    assert foreign_part(architecture) is None
    assert "Lambda" not in json.dumps(architecture)


@pytest.mark.parametrize("raw", [b"", b"\xff", b"{", b"[" * 200_000, b"9" * 5000])
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting|utf-8|nested|digits"):
        read_architecture(raw)


def test_nesting_has_an_end() -> None:
    nested = CONV
    for _ in range(60):
        nested = model(nested)
    assert judged(nested) == "the architecture is nested too deeply"


def test_no_stock_part_of_the_installed_keras_takes_a_function() -> None:
    """All classes that would pass, found by looking through Keras itself."""
    script = """
import importlib, inspect, json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from keras.src.saving.keras_saveable import KerasSaveable
for name in json.loads(sys.argv[1]):
    module = importlib.import_module(name)
    for attribute, value in vars(module).items():
        if inspect.isclass(value) and issubclass(value, KerasSaveable):
            functions = [value.__init__, getattr(value, "call", value.__init__)]
            parameters = [list(inspect.signature(f).parameters) for f in functions]
            print(json.dumps([name, attribute, sum(parameters, [])]))
"""
    modules = [f"keras.src.ops.{name}" for name in ("core", "image", "linalg", "math", "nn")]
    modules += ["keras.src.ops.numpy", "keras.src.ops.einops", "keras.layers"]
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(modules)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines()]
    passing = {name: parameters for module, name, parameters in found
               if judged(part(module, name)) is None}  # fmt: skip
    assert len(passing) > 400
    programs = {"function", "f", "fn", "func", "cond", "body", "module", "call_fn", "true_fn"}
    programs |= {"filepath", "callable", "vocabulary"}
    assert {name for name, parameters in passing.items() if programs & set(parameters)} == set()
