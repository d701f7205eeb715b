"""Trains on rendered signs, reads real photographs, says how well: see `make bench-transfer`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from autograder.errors import AutograderError, DatasetError
from autograder.roadsigns.classes import CLASSES
from tests.benchmarks.transfer.drawing import draw_confusion, draw_worst
from tests.benchmarks.transfer.measuring import (
    Photographs,
    Reading,
    course_holdout,
    final_test,
    final_training,
    read,
)
from tests.benchmarks.transfer.training import (
    SIZE,
    Plan,
    Source,
    Spent,
    Trained,
    load_submission,
    train,
)
from tests.benchmarks.transfer.widening import widened

SUBMISSION = Path(__file__).with_name("submission.py")
OUT = Path("results", "transfer")
# The eight speed limits are the hardest to tell from each other.
WEIGHTS = [1.6 if sign.slug.startswith("speed-limit") else 1.0 for sign in CLASSES]
# One thread, and every instruction that the CPU has: speed matters here. Another kind of CPU
# rounds elsewhere, so its weights and its accuracy differ a little.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0, or 2 where what to test on is missing or broken."""
    options = _parser().parse_args(argv)
    if options.data is None and options.holdout is None:
        print(
            "error: say which photographs to test on: make bench-transfer DATA=<folder>, the "
            "folder into which GTSRB's official archives were unpacked (Final_Test/Images and "
            "GT-final_test.csv), or HOLDOUT=<zip of photographs>, its <name>_answers.csv beside it",
            file=sys.stderr,
        )
        return 2
    try:
        sets = photographs(options)
    except AutograderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    trained = train_reference(options)
    print(describe_training(trained.spent))
    options.out.mkdir(parents=True, exist_ok=True)
    trained.model.save_weights(options.out / "network.weights.h5")
    for some in sets:
        reading = read(trained.model, some)
        print(describe_reading(reading))
        draw_confusion(reading, options.out / f"confusion-{some.name}.png")
        draw_worst(reading, trained.pool.examples, options.out / f"worst-{some.name}.png")
    print(f"\npictures and weights: {options.out}")
    return 0


def photographs(options: argparse.Namespace) -> list[Photographs]:
    """Read all that shall be tested on, before anything is trained."""
    sets = []
    if options.data is not None:
        if not options.data.is_dir():
            raise DatasetError(f"{options.data}: no such folder; check DATA")
        sets.append((final_training if options.develop else final_test)(options.data, SIZE))
    if options.holdout is not None:
        sets.append(course_holdout(options.holdout, SIZE))
    return sets


def train_reference(options: argparse.Namespace) -> Trained:
    """Train in this process, whose CPU seconds count from its start."""
    os.environ.update(ENVIRONMENT)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    plan = Plan(steps=options.steps, budget_s=options.cpu_s)
    return train(load_submission(options.submission), source(), plan)


def source() -> Source:
    """Return rendered signs without end, as they look on the road."""
    from autograder.roadsigns.streaming import stream

    return stream("transfer", batch=64, image_size=SIZE, conditions=widened(), weights=WEIGHTS)


def describe_training(spent: Spent) -> str:
    """Return what the training cost, in words."""
    slow = ""
    if spent.steps < spent.planned_steps:
        slow = f" (of {spent.planned_steps}: this CPU is too slow for all in the time)"
    return (
        f"\ntrained for {spent.cpu_s:.0f} CPU s on one thread: {spent.steps} steps{slow}, "
        f"{spent.images} images rendered in {spent.rendering_s:.0f} of them, "
        f"{spent.seconds_per_thousand:.2f} s for 1,000"
    )


def describe_reading(reading: Reading) -> str:
    """Return how well photographs were read, in words."""
    title = f"{reading.photographs.name}: {len(reading.read)} photographs, accuracy"
    accuracy = f"{100 * reading.accuracy:.2f}%, macro-F1 {reading.macro_f1:.4f}"
    lines = ["", f"{title} {accuracy}; the worst classes:"]
    for class_id, recall in reading.worst(10):
        others = reading.confusion[class_id].copy()
        others[class_id] = 0
        read_as = ", ".join(
            f"{CLASSES[i].name} ({others[i]})" for i in np.argsort(-others)[:3] if others[i]
        )
        total = reading.confusion[class_id].sum()
        name = f"{class_id} {CLASSES[class_id].name}"
        lines.append(f"  {100 * recall:5.1f}% of {total:4} {name:34} {read_as and 'as ' + read_as}")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench-transfer", description=__doc__)
    parser.add_argument("--data", type=_path, help="folder in GTSRB's official layout")
    parser.add_argument("--holdout", type=_path, help="zip of photographs, answers beside it")
    parser.add_argument(
        "--develop", action="store_true", help="test on Final_Training instead of Final_Test"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder for pictures and weights")
    parser.add_argument("--submission", type=Path, default=SUBMISSION, help="what to train")
    parser.add_argument("--steps", type=int, help="instead of those of the submission's plan")
    parser.add_argument("--cpu-s", type=float, default=Plan.budget_s, help="at most so many")
    return parser


def _path(text: str) -> Path | None:
    return Path(text) if text else None


if __name__ == "__main__":
    started = time.time()
    code = main()
    if code == 0:
        print(f"{time.process_time():.0f} CPU s and {time.time() - started:.0f} s in all")
    sys.exit(code)
