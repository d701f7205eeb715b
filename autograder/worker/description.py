"""A built model and a tried augmentation, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_AUGMENTATION_PASSES = 2


def describe_layers(model: Any) -> list[dict[str, Any]]:
    """Return the layers that hold no further layers, in order, plain enough for JSON.

    Shared ones come once. Weights that belong to none of them but to what holds them, such as the
    model itself, come last, under the model's name, so that none is overlooked.
    """
    layers = list({id(layer): layer for layer in _leaves(model)}.values())
    described = [_describe_layer(layer) for layer in layers]
    known = {id(weight) for layer in layers for weight in layer.weights}
    own = [weight for weight in model.weights if id(weight) not in known]
    if own:
        shapes = [list(weight.shape) for weight in own]
        trainable = [list(weight.shape) for weight in own if weight.trainable]
        described.append(
            _describe_layer(model) | {"weight_shapes": shapes, "trainable_shapes": trainable}
        )
    return described


def _leaves(layer: Any) -> Iterator[Any]:
    inner = _inner_layers(layer)
    if not inner:
        yield layer
    else:
        for child in inner:
            yield from _leaves(child)


def _inner_layers(layer: Any) -> list[Any]:
    """Return the layers inside of a model, of a wrapper and of a layer of the student's own.

    What Keras' own layers are made of, such as attention, is their own business.
    """
    import keras

    if hasattr(layer, "layers"):
        return list(layer.layers)
    ours = not type(layer).__module__.startswith("keras.")
    if ours or isinstance(layer, keras.layers.Wrapper):
        return list(layer._flatten_layers(include_self=False, recursive=False))  # noqa: SLF001
    return []


def _describe_layer(layer: Any) -> dict[str, Any]:
    try:
        output_shape = list(layer.output.shape[1:])
    except (AttributeError, TypeError, ValueError):  # several outputs, or none known yet
        output_shape = None
    return {
        "name": layer.name,
        "kind": type(layer).__name__,
        "is_convolution": _is_convolution(layer),
        "output_shape": output_shape,
        "weight_shapes": [list(weight.shape) for weight in layer.weights],
        "trainable_shapes": [list(weight.shape) for weight in layer.trainable_weights],
        "previous": _previous(layer),
        "rate": _number(layer, "rate") if "Dropout" in type(layer).__name__ else None,
        "momentum": _number(layer, "momentum"),
    }


def _previous(layer: Any) -> str | None:
    """Return the name of the one layer whose output it takes, if it is one."""
    nodes = getattr(layer, "_inbound_nodes", ())
    names = {parent.operation.name for node in nodes for parent in node.parent_nodes}
    return str(names.pop()) if len(names) == 1 else None


def _number(holder: Any, name: str) -> float | None:
    value = getattr(holder, name, None)
    return float(value) if isinstance(value, int | float) else None


def describe_compile(model: Any) -> dict[str, Any]:
    """Return what the student's own compile says, as far as diagnoses need it."""
    import keras

    if not getattr(model, "compiled", False):
        return {"from_logits": None, "learning_rate": None}
    loss, name = model.loss, "sparse_categorical_crossentropy"
    from_logits = getattr(loss, "from_logits", None)
    if loss in (name, keras.losses.sparse_categorical_crossentropy):
        from_logits = False
    elif not isinstance(loss, keras.losses.SparseCategoricalCrossentropy):
        from_logits = None
    return {
        "from_logits": from_logits if isinstance(from_logits, bool) else None,
        "learning_rate": float(model.optimizer.learning_rate),
    }


def _is_convolution(layer: Any) -> bool:
    names = {base.__name__ for base in type(layer).__mro__}
    return bool(names & {"BaseConv", "BaseDepthwiseConv", "BaseSeparableConv", "BaseConvTranspose"})


def augment(augmentation: Any, images: Any) -> list[Any]:
    """Run it on the same images several times, as in training: in a graph, batch by batch."""
    import tensorflow as tf

    run = tf.function(lambda batch: augmentation(batch, training=True), autograph=False)
    batch = tf.cast(tf.constant(images), tf.float32)
    return [run(batch).numpy() for _ in range(_AUGMENTATION_PASSES)]


def plain(value: Any) -> Any:
    """Return numbers as they are and everything else as text, so that JSON can hold it."""
    return value if isinstance(value, bool | int | float) else repr(value)[:200]
