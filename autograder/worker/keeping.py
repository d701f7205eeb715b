"""A trained model as plain files, and back: no pickle, no archive, nothing that runs on loading.

* ``architecture.json``: the model as Keras writes it, without how it is trained;
* ``weights.json``: dtype and shape of each weight, in order;
* ``weights.bin``: their bytes, one after the other, little-endian; of a training that may be
  stopped ``quarter-1.bin`` and so on as well, after so many quarters of its steps.

And before training, ``parts.json``: the model, how it is trained, and the augmentation.
"""

from __future__ import annotations

import contextlib
import json
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Layers do not write these down, so a model that relies on others cannot be built again.
_DEFAULTS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


class NotKeptError(Exception):
    """The model cannot be written down; says why."""


def keep(model: Any, max_bytes: int) -> str:
    """Leave a trained model behind, as far as it can be written down.

    Returns:
        Why the architecture is missing, or nothing.
    """
    if not _keep_weights(model, "weights.bin", max_bytes):
        return f"its weights are larger than {max_bytes} bytes"
    try:
        Path("architecture.json").write_text(_architecture(model), encoding="utf-8")
    except Exception as error:  # whatever a layer's own get_config() may raise
        return f"{type(error).__name__}: {error}"[:1000]
    return ""


def keep_quarter(model: Any, number: int, max_bytes: int) -> None:
    """Leave the weights behind of a training that has made so many quarters of its steps.

    Those of the quarter before go only then: whenever it is stopped, one of them is whole.
    """
    if _keep_weights(model, f"quarter-{number}.bin", max_bytes):
        Path(f"quarter-{number - 1}.bin").unlink(missing_ok=True)


def _keep_weights(model: Any, name: str, max_bytes: int) -> bool:
    """Leave the weights behind unless they are too large."""
    weights = model.get_weights()
    if sum(weight.nbytes for weight in weights) > max_bytes:
        return False
    entries = [{"dtype": weight.dtype.name, "shape": list(weight.shape)} for weight in weights]
    Path("weights.json").write_text(json.dumps(entries), encoding="utf-8")
    with Path(name).open("wb") as file:
        file.writelines(weight.tobytes() for weight in weights)
    return True


def _architecture(model: Any) -> str:
    _refuse_unwritten(model)
    model.compiled = False  # a loss or an optimizer that cannot be written down does not matter
    return str(model.to_json())


def _refuse_unwritten(layer: Any) -> None:
    """Raise a NotKeptError for what Keras would leave out, or write down as something else."""
    import keras

    for name, default in _DEFAULTS.items():
        if getattr(keras.config, name)() != default:
            raise NotKeptError(f"keras.config.{name} was changed")
    for inner in layer._flatten_layers():  # noqa: SLF001
        if _has_own_activation(inner):
            raise NotKeptError(f"layer {inner.name} has an activation function of its own")


def _has_own_activation(layer: Any) -> bool:
    """Keras writes any function called ``gelu`` as its own gelu, so look at the function."""
    functions = [
        value
        for name, value in vars(layer).items()
        if name.endswith("activation") and isinstance(value, types.FunctionType)
    ]
    return any(not function.__module__.startswith("keras.") for function in functions)


def keep_parts(model: Any, augmentation: Any) -> None:
    """Leave ``parts.json`` behind, if all that a training step is made of can be written down.

    The model is spoilt by it.
    """
    import keras

    loss = model.loss
    if isinstance(loss, types.FunctionType) and loss.__module__.startswith("keras."):
        loss = loss.__name__
    with contextlib.suppress(Exception):  # whatever a layer's own get_config() may raise
        _refuse_unwritten(augmentation)
        parts = {
            "optimizer": keras.saving.serialize_keras_object(model.optimizer),
            "loss": keras.saving.serialize_keras_object(loss),
            "augmentation": keras.saving.serialize_keras_object(augmentation),
            "model": json.loads(_architecture(model)),
        }
        text = json.dumps(parts)
        Path("parts.json").write_text(text, encoding="utf-8")


def restore_parts(folder: Path) -> tuple[Any, Any]:
    """Build model and augmentation again, the model compiled, from ``parts.json`` in ``folder``.

    Raises:
        Exception: Whatever Keras has to say against it.
    """
    import keras

    parts = json.loads((folder / "parts.json").read_text(encoding="utf-8"))
    built = {
        name: keras.saving.deserialize_keras_object(part, safe_mode=True)
        for name, part in parts.items()
    }
    model = built["model"]
    model.compile(optimizer=built["optimizer"], loss=built["loss"])
    return model, built["augmentation"]


def restore(folder: Path) -> Any:
    """Build the model again that the files in ``folder`` describe.

    Raises:
        Exception: Whatever Keras has to say against it.
    """
    import keras

    architecture = json.loads((folder / "architecture.json").read_text(encoding="utf-8"))
    model = keras.saving.deserialize_keras_object(architecture, safe_mode=True)
    put_weights(model, read_weights(folder))
    return model


def shapes(weights: Iterable[Any]) -> list[list[int]]:
    """Return the shapes of arrays or variables."""
    return [list(weight.shape) for weight in weights]


def put_weights(model: Any, weights: list[Any]) -> None:
    """Give a freshly built model the weights that a training left.

    Raises:
        ValueError: They are those of another model.
    """
    kept, built = shapes(weights), shapes(model.weights)
    if kept != built:
        raise ValueError(
            f"the trained model had weights of the shapes {kept}, built again it has {built}"
        )
    model.set_weights(weights)
    for layer in model._flatten_layers():  # noqa: SLF001
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # what a Normalization layer derives from its weights


def read_weights(folder: Path) -> list[Any]:
    """Return the weights that lie in ``folder``."""
    import ml_dtypes  # noqa: F401 - NumPy knows bfloat16 from then on
    import numpy as np

    entries = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    weights = []
    with (folder / "weights.bin").open("rb") as file:
        for entry in entries:
            dtype, shape = np.dtype(entry["dtype"]), tuple(entry["shape"])
            raw = file.read(dtype.itemsize * int(np.prod(shape)))
            weights.append(np.frombuffer(raw, dtype).reshape(shape))
    return weights
