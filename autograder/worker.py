"""What runs inside a job: a student's code, and the harness that trains it.

This is the only file of ours in a process that runs student code, so it imports nothing else of
ours, holds no labels but the training and validation split's, and leaves only files behind:

* ``description.json``, ``untrained.f32``, ``augmented.f32`` by the task `describe`,
* ``history.jsonl``, ``validation.f32``, ``holdout.f32``, ``training.json`` by the task `train`,
* ``error.json`` where the student's code failed.

A hostile submission can forge every one of them; it then gets the score of the predictions that
it forged without knowing any label. Training is bit-identical for equal inputs: see
docs/decisions.md for what that took.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PREDICTION_BATCH = 256
# Exit code of a plain process that could not begin; nothing of the student's ran in it.
NOT_STARTED = 97
_AUGMENTATION_PASSES = 2


@dataclass(frozen=True)
class Arguments:
    """What a task is told.

    Attributes:
        module: Stem of the student's main module.
        image_size: Height and width of the images in pixels.
        num_classes: Number of classes.
        seed: Seed of everything random.
        train_images: uint8 array file, (count, size, size, 3).
        train_labels: int32 array file, (count,).
        validation_images: Like ``train_images``.
        validation_labels: Like ``train_labels``.
        holdout_images: Images to predict at the end; None to leave that out.
        probe_images: How many validation images to predict before training.
        augmented_images: How many training images to run the augmentation on.
        batch_size: Images a step.
        steps: Optimizer steps to make.
        steps_per_epoch: Optimizer steps that see each training image once.
    """

    module: str
    image_size: int
    num_classes: int
    seed: int
    train_images: str
    train_labels: str
    validation_images: str
    validation_labels: str
    holdout_images: str | None = None
    probe_images: int = 0
    augmented_images: int = 0
    batch_size: int = 0
    steps: int = 0
    steps_per_epoch: int = 1


@dataclass(frozen=True)
class Data:
    """The arrays, mapped before anything of the student's runs: a failure here is not theirs.

    Attributes:
        train_images: uint8, (count, size, size, 3).
        train_labels: int32, (count,).
        validation_images: Like ``train_images``.
        validation_labels: Like ``train_labels``.
        holdout_images: Like ``train_images``, or None.
    """

    train_images: Any
    train_labels: Any
    validation_images: Any
    validation_labels: Any
    holdout_images: Any

    @classmethod
    def open(cls, a: Arguments) -> Data:
        import numpy as np

        return cls(
            np.load(a.train_images, mmap_mode="r"),
            np.load(a.train_labels),
            np.load(a.validation_images, mmap_mode="r"),
            np.load(a.validation_labels),
            np.load(a.holdout_images, mmap_mode="r") if a.holdout_images else None,
        )


class ContractError(Exception):
    """A student's function returned something other than agreed."""


class _Stage:
    """Names what was going on, for the error message."""

    name = "import"


@contextlib.contextmanager
def _stage(name: str) -> Iterator[None]:
    _Stage.name = name
    yield


def warm_up() -> None:
    """Import TensorFlow and Keras and fix how they compute; starts no thread and runs no op."""
    # Keras looks for these and works without; importing them would double its import time.
    unneeded = [name for name in ("sklearn", "matplotlib", "pandas") if name not in sys.modules]
    for name in unneeded:
        sys.modules[name] = None  # type: ignore[assignment]
    import keras  # noqa: F401
    import tensorflow as tf

    for name in unneeded:
        del sys.modules[name]
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    # Grappler would turn them back into the instructions that differ between CPUs.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    _replace_approximations()


def _replace_approximations() -> None:
    """Compute reciprocals from IEEE operations; the CPU's own instructions approximate them."""
    import tensorflow as tf
    from tensorflow.python.ops import math_ops

    def reciprocal(x: Any, name: str | None = None) -> Any:
        return tf.math.divide(1.0, x, name=name)

    def rsqrt(x: Any, name: str | None = None) -> Any:
        return tf.math.divide(1.0, tf.math.sqrt(x), name=name)

    for module in (math_ops, tf.math):
        module.reciprocal = reciprocal
        module.rsqrt = rsqrt


def prepare(arguments: Mapping[str, Any]) -> tuple[Arguments, Data]:
    """Do all that comes before the student's code; what fails here is never theirs.

    Args:
        arguments: Fields of `Arguments`.
    """
    a = Arguments(**arguments)
    return a, Data.open(a)


def run(task: str, a: Arguments, data: Data) -> int:
    """Run one task in the current directory; return the exit code.

    The student's sources are in ``code``. A failure of the student's code is written to
    ``error.json`` and ends in 1.
    """
    sys.path.insert(0, str(Path.cwd() / "code"))
    try:
        TASKS[task](a, data)
    except BaseException as error:
        _report_error(error)
        return 1
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
    return 0


def _report_error(error: BaseException) -> None:
    code = str(Path.cwd() / "code")
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(traceback.FrameSummary(error.filename, error.lineno, "<module>"))
    own = [frame for frame in frames if frame.filename.startswith(code)]
    report = {
        "stage": _Stage.name,
        "contract": isinstance(error, ContractError),
        "type": type(error).__name__,
        "message": str(error)[:4000],
        "places": [[Path(frame.filename).name, frame.lineno] for frame in own][-20:],
    }
    Path("error.json").write_text(json.dumps(report), encoding="utf-8")
    traceback.print_exception(error)


def describe(a: Arguments, data: Data) -> None:
    """Build the model, predict without training, try the augmentation; report what is there."""
    import numpy as np

    student = _import_student(a)
    model = _build_model(student, a)
    with _stage("model"):
        predictions = _Predictor(model)(data.validation_images[: a.probe_images])
        predictions.tofile("untrained.f32")
    with _stage("training_plan"):
        plan = student.training_plan()
        if not isinstance(plan, dict):
            raise ContractError(f"training_plan() returned {plan!r}, expected a dict")
    augmentation = _build_augmentation(student, a)
    with _stage("augmentation"):
        batch = data.train_images[: a.augmented_images]
        augmented = _augment(augmentation, batch)
    shapes = sorted({tuple(array.shape) for array in augmented})
    if shapes == [tuple(batch.shape)]:
        np.stack(augmented).astype("<f4").tofile("augmented.f32")
    description = {
        "layers": [_describe_layer(layer) for layer in _leaves(model)],
        "output_shape": list(predictions.shape[1:]),
        "augmented_shape": list(shapes[0][1:]),
        "plan": {str(key): _plain(value) for key, value in plan.items()},
    }
    Path("description.json").write_text(json.dumps(description), encoding="utf-8")


def train(a: Arguments, data: Data) -> None:
    """Train as planned, predict the validation and the holdout split, hash the weights."""
    import numpy as np

    student = _import_student(a)
    model = _build_model(student, a)
    augmentation = _build_augmentation(student, a)
    predict = _Predictor(model)
    with _stage("compile"):
        _compile(model, predict, data)
    with _stage("training"):
        _fit(model, augmentation, predict, a, data)
    with _stage("prediction"):
        predict(data.validation_images).tofile("validation.f32")
        if data.holdout_images is not None:
            predict(data.holdout_images).tofile("holdout.f32")
    digest = hashlib.sha256()
    for weight in model.get_weights():
        digest.update(str(weight.shape).encode())
        digest.update(np.ascontiguousarray(weight).tobytes())
    result = {"weights_sha256": digest.hexdigest()}
    Path("training.json").write_text(json.dumps(result), encoding="utf-8")


TASKS: dict[str, Callable[[Arguments, Data], None]] = {"describe": describe, "train": train}


def _import_student(a: Arguments) -> Any:
    with _stage("import"):
        _reseed(a.seed)
        return importlib.import_module(a.module)


def _reseed(seed: int) -> None:
    """Seed Python, NumPy and Keras; layers draw their own seeds from these."""
    import keras

    keras.utils.set_random_seed(seed)


def _build_model(student: Any, a: Arguments) -> Any:
    import keras
    import numpy as np

    with _stage("build_model"):
        _reseed(a.seed)
        shape = (a.image_size, a.image_size, 3)
        model = student.build_model(shape, a.num_classes)
        if not isinstance(model, keras.Model):
            raise ContractError(f"build_model() returned {type(model).__name__}, not a keras.Model")
    with _stage("model"):
        if not model.built:
            model(np.zeros((1, *shape), np.float32), training=False)
    return model


def _build_augmentation(student: Any, a: Arguments) -> Any:
    import keras
    import numpy as np

    with _stage("build_augmentation"):
        _reseed(a.seed)
        augmentation = student.build_augmentation()
        if not isinstance(augmentation, keras.layers.Layer):
            raise ContractError(
                f"build_augmentation() returned {type(augmentation).__name__}, not a Keras layer; "
                "for no augmentation return keras.layers.Identity()"
            )
    with _stage("augmentation"):
        augmentation(np.zeros((1, a.image_size, a.image_size, 3), np.float32), training=True)
    return augmentation


def _augment(augmentation: Any, images: Any) -> list[Any]:
    """Run it on the same images several times, as in training: in a graph, batch by batch."""
    import tensorflow as tf

    run = tf.function(lambda batch: augmentation(batch, training=True), autograph=False)
    batch = tf.cast(tf.constant(images), tf.float32)
    return [run(batch).numpy() for _ in range(_AUGMENTATION_PASSES)]


def _compile(model: Any, predict: _Predictor, data: Data) -> None:
    """Leave the student's compile alone; where there is none, use Adam and cross-entropy."""
    import keras
    import numpy as np

    if not getattr(model, "compiled", False):
        outputs = predict(data.validation_images[:_PREDICTION_BATCH])
        sums = outputs.sum(axis=1)
        probabilities = bool((outputs >= 0).all() and np.allclose(sums, 1, atol=1e-3))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not probabilities)
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss)
    if model.trainable_variables:
        model.optimizer.build(model.trainable_variables)


def _fit(model: Any, augmentation: Any, predict: _Predictor, a: Arguments, data: Data) -> None:
    """The training loop: a fixed number of steps over seeded permutations of the images."""
    import numpy as np

    images, labels = data.train_images, data.train_labels
    order = np.random.Generator(np.random.PCG64(a.seed))
    train_step = _make_train_step(model, augmentation)
    _reseed(a.seed)
    loss_sum = hits = seen = 0.0
    permutation = order.permutation(len(images))
    with Path("history.jsonl").open("w", encoding="utf-8") as history:
        for step in range(a.steps):
            position = step % a.steps_per_epoch
            if position == 0 and step:
                permutation = order.permutation(len(images))
            chosen = permutation[position * a.batch_size : (position + 1) * a.batch_size]
            loss, hit = train_step(images[chosen], labels[chosen])
            loss_sum, hits, seen = loss_sum + float(loss), hits + float(hit), seen + len(chosen)
            _write_progress(step + 1, a.steps)
            if position + 1 == a.steps_per_epoch or step + 1 == a.steps:
                steps_made = position + 1
                line = {
                    "epoch": step // a.steps_per_epoch + 1,
                    "step": step + 1,
                    "loss": loss_sum / steps_made,
                    "accuracy": hits / seen,
                } | _validate(model, predict, data)
                history.write(json.dumps(line) + "\n")
                history.flush()
                if not math.isfinite(loss_sum):
                    break  # diverged; more steps cannot bring it back
                loss_sum = hits = seen = 0.0


def _make_train_step(model: Any, augmentation: Any) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return one optimizer step as a graph: images and labels in, loss and number of hits out."""
    import tensorflow as tf

    def step(images: Any, labels: Any) -> tuple[Any, Any]:
        batch = augmentation(tf.cast(images, tf.float32), training=True)
        with tf.GradientTape() as tape:
            outputs = model(batch, training=True)
            loss = model.compute_loss(x=batch, y=labels, y_pred=outputs, training=True)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        predicted = tf.argmax(outputs, axis=-1, output_type=tf.int32)
        return loss, tf.math.count_nonzero(predicted == labels)

    graph = tf.function(step, autograph=False)
    return lambda images, labels: graph(tf.constant(images), tf.constant(labels))


def _validate(model: Any, predict: _Predictor, data: Data) -> dict[str, float]:
    labels = data.validation_labels
    outputs = predict(data.validation_images)
    loss = float(model.compute_loss(y=labels, y_pred=outputs, training=False))
    accuracy = float((outputs.argmax(axis=1) == labels).mean())
    return {"validation_loss": loss, "validation_accuracy": accuracy}


class _Predictor:
    """A model's raw outputs as little-endian float32, one row an image; traced once."""

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self._graph = tf.function(
            lambda batch: model(tf.cast(batch, tf.float32), training=False),
            autograph=False,  # as in Keras' own loop
            reduce_retracing=True,
        )

    def __call__(self, images: Any) -> Any:
        import numpy as np
        import tensorflow as tf

        parts = []
        for start in range(0, len(images), _PREDICTION_BATCH):
            outputs = self._graph(tf.constant(images[start : start + _PREDICTION_BATCH]))
            if not tf.is_tensor(outputs):
                kind = type(outputs).__name__
                raise ContractError(f"the model's output is a {kind}, not one tensor")
            parts.append(outputs.numpy())
        return np.concatenate(parts).astype("<f4")


def _leaves(layer: Any) -> Iterator[Any]:
    """Yield the layers that hold no further layers, in order."""
    inner = getattr(layer, "layers", None)
    if not inner:
        yield layer
    else:
        for child in inner:
            yield from _leaves(child)


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
    }


def _is_convolution(layer: Any) -> bool:
    names = {base.__name__ for base in type(layer).__mro__}
    return bool(names & {"BaseConv", "BaseDepthwiseConv", "BaseSeparableConv", "BaseConvTranspose"})


def _plain(value: Any) -> Any:
    """Return numbers as they are and everything else as text, so that JSON can hold it."""
    return value if isinstance(value, bool | int | float) else repr(value)[:200]


def _write_progress(step: int, steps: int) -> None:
    descriptor = os.open("progress", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{step:>10} {steps:>10}".encode())
    finally:
        os.close(descriptor)


def main() -> int:
    """Run the task that standard input describes: the way without a zygote."""
    try:
        task, arguments = json.load(sys.stdin)
        warm_up()
        prepared = prepare(arguments)
    except Exception:
        traceback.print_exc()
        return NOT_STARTED
    return run(task, *prepared)


if __name__ == "__main__":
    sys.exit(main())
