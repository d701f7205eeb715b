"""The tasks, each with files as its result, and the report of what went wrong in one."""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.worker.arguments import Arguments, Data, code_folder
from autograder.worker.calibration import step_cpu_ms
from autograder.worker.contract import (
    ContractError,
    Stage,
    build_augmentation,
    build_model,
    import_student,
    stage,
    training_plan,
)
from autograder.worker.description import augment, describe_compile, describe_layers, plain
from autograder.worker.keeping import (
    keep,
    keep_parts,
    put_weights,
    read_weights,
    restore,
    restore_parts,
    shapes,
)
from autograder.worker.looking import leave_look
from autograder.worker.loop import compile_model, fit, make_train_step
from autograder.worker.prediction import Predictor, predict_splits
from autograder.worker.probing import leave_probe
from autograder.worker.tracing import trace


def run(task: str, a: Arguments, data: Data) -> int:
    """Run one task in the current directory; return the exit code.

    A failure of the student's code is written to ``error.json`` and ends in 1.
    """
    sys.path.insert(0, str(code_folder()))
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
    code = str(code_folder())
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(traceback.FrameSummary(error.filename, error.lineno, "<module>"))
    own = [frame for frame in frames if frame.filename.startswith(code)]
    report = {
        "stage": Stage.name,
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

    student = import_student(a)
    model = build_model(student, a)
    predict = Predictor(model)
    with stage("model"):
        predictions = predict(data.validation_images[: a.probe_images])
        predictions.tofile("untrained.f32")
    plan = training_plan(student)
    augmentation = build_augmentation(student, a)
    with stage("augmentation"):
        batch = data.train_images[: a.augmented_images]
        augmented = augment(augmentation, batch)
    shapes = sorted({tuple(array.shape) for array in augmented})
    if shapes == [tuple(batch.shape)]:
        np.stack(augmented).astype("<f4").tofile("augmented.f32")
    description = {
        "layers": describe_layers(model),
        "output_shape": list(predictions.shape[1:]),
        "augmented_shape": list(shapes[0][1:]),
        "plan": {str(key): plain(value) for key, value in plan.items()},
        "compile": describe_compile(model),
    }
    Path("description.json").write_text(json.dumps(description), encoding="utf-8")
    batch_size = plan.get("batch_size")
    shapes_fit = predictions.shape[1:] == (a.num_classes,) and shapes == [tuple(batch.shape)]
    # Where anything does not fit, a rule will say what is wrong.
    if shapes_fit and isinstance(batch_size, int) and 1 <= batch_size <= len(data.train_images):
        with stage("compile"):
            compile_model(model, predict, data)
        with stage("training"):
            _leave_ops(model, augmentation, a.image_size, batch_size)
        keep_parts(model, augmentation)
    if shapes_fit and a.cards:
        # What it does to a test card is worth knowing, and no reason to fail: it has run before.
        with contextlib.suppress(Exception):
            leave_probe(student, a)


def _leave_ops(model: Any, augmentation: Any, image_size: int, batch_size: int) -> None:
    """Leave the ops of a training step and of a prediction behind; nothing is trained."""
    train_step = make_train_step(model, augmentation)
    ops = trace(train_step, model, augmentation, image_size, batch_size)
    Path("ops.json").write_text(json.dumps(ops), encoding="utf-8")


def price(a: Arguments, _: Data) -> None:
    """Leave the ops of a training made of Keras' own parts; nothing of the student's runs."""
    import numpy as np

    with stage("price"):
        model, augmentation = restore_parts(code_folder())
        augmentation(np.zeros((1, a.image_size, a.image_size, 3), np.float32), training=True)
        if model.trainable_variables:
            model.optimizer.build(model.trainable_variables)
        _leave_ops(model, augmentation, a.image_size, a.batch_size)


def calibrate(_: Arguments, __: Data) -> None:
    """Leave behind how fast this machine is; nothing of the student's runs."""
    with stage("calibration"):
        Path("calibration.json").write_text(json.dumps({"step_ms": step_cpu_ms()}), "utf-8")


def train(a: Arguments, data: Data) -> None:
    """Train as planned, predict the validation split, leave the model behind."""
    student = import_student(a)
    model = build_model(student, a)
    augmentation = build_augmentation(student, a)
    predict = Predictor(model)
    with stage("compile"):
        compile_model(model, predict, data)
    with stage("training"):
        fit(model, augmentation, predict, a, data)
    with stage("prediction"):
        predict_splits(predict, data)
    result = {"not_kept": keep(model, a.keep_bytes)}
    Path("training.json").write_text(json.dumps(result), encoding="utf-8")
    if a.look:
        # It is shown and never scored: no reason to fail. After all else, as it may change layers.
        with contextlib.suppress(Exception):
            leave_look(model, predict, data)


def predict(a: Arguments, data: Data) -> None:
    """Predict with a trained model that the student's code builds again, given its weights."""
    import numpy as np

    # All that comes before training, in the same order: one may depend on the other.
    student = import_student(a)
    model = build_model(student, a)
    build_augmentation(student, a)
    with stage("prediction"):
        weights = read_weights(code_folder())
        if shapes(model.weights) != shapes(weights):
            # Some layers are made at the first step of training.
            model(np.zeros((1, a.image_size, a.image_size, 3), np.float32), training=True)
        put_weights(model, weights)
        predict_splits(Predictor(model), data)


def replay(_: Arguments, data: Data) -> None:
    """Predict with a trained model, built again from its files; nothing of the student's runs."""
    with stage("replay"):
        model = restore(code_folder())
        layers = describe_layers(model)
        Path("layers.json").write_text(json.dumps(layers), encoding="utf-8")
        predict_splits(Predictor(model), data)


TASKS: dict[str, Callable[[Arguments, Data], None]] = {
    "calibrate": calibrate,
    "describe": describe,
    "price": price,
    "train": train,
    "predict": predict,
    "replay": replay,
}
