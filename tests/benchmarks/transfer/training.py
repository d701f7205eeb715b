"""Trains a submission on rendered signs without end, in a fixed number of CPU seconds."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Labels = NDArray[np.int32]
Source = Iterator[tuple[Images, Labels]]

NUM_CLASSES, SIZE = 43, 32
EPOCH_IMAGES = 4000
"""As many as in the assignment, so that `epochs` of a plan means the same."""
REPORT_STEPS = 250


@dataclass
class Spent:
    """What a training cost.

    Attributes:
        steps: Optimizer steps.
        images: Rendered images, each of them looked at several times.
        cpu_s: CPU seconds of the whole process since it began to import TensorFlow.
        rendering_s: Those of them that rendering took.
        planned_steps: What the plan says; fewer are made where a CPU is too slow.
        losses: Mean of every `REPORT_STEPS` steps.
    """

    steps: int = 0
    images: int = 0
    cpu_s: float = 0.0
    rendering_s: float = 0.0
    planned_steps: int = 0
    losses: list[float] = field(default_factory=list)

    @property
    def seconds_per_thousand(self) -> float:
        """CPU seconds for rendering 1,000 images."""
        return 1e3 * self.rendering_s / max(self.images, 1)


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        steps: Optimizer steps; those of the submission's own plan where None.
        budget_s: CPU seconds at which training is over at the latest, its learning rate having
            come down as planned.
        looks: How often every rendered image is looked at.
        pool: Images that wait to be looked at.
        seed: Of weights, order and augmentation.
    """

    steps: int | None = None
    budget_s: float = 560.0
    looks: int = 4
    pool: int = 8192
    seed: int = 0


class Pool:
    """Images that are looked at several times before others take their places."""

    def __init__(self, source: Source, size: int, looks: int, seed: int) -> None:
        self._source, self._looks = source, looks
        self._random = np.random.default_rng(seed)
        self._images = np.empty((size, SIZE, SIZE, 3), np.uint8)
        self._labels = np.empty(size, np.int32)
        self._next = self._filled = 0
        self._due = 0.0
        self.rendered, self.cpu_s = 0, 0.0

    def draw(self, batch: int) -> tuple[Images, Labels]:
        """Return a batch: a share of it has just been rendered, the others were before."""
        self._due += batch if self._filled < batch else batch / self._looks
        while self._due >= 1:
            self._due -= self._render()
        chosen = self._random.choice(self._filled, batch, replace=False)
        return self._images[chosen], self._labels[chosen]

    def examples(self, class_id: int, count: int) -> Images:
        """Return up to so many of the images of a class that wait now."""
        places = np.flatnonzero(self._labels[: self._filled] == class_id)[:count]
        return self._images[places]

    def _render(self) -> int:
        started = time.process_time()
        images, labels = next(self._source)
        self.cpu_s += time.process_time() - started
        places = (self._next + np.arange(len(images))) % len(self._images)
        self._images[places], self._labels[places] = images, labels
        self._next = int(places[-1]) + 1
        self._filled = min(max(self._filled, self._next), len(self._images))
        self.rendered += len(images)
        return len(images)


@dataclass(frozen=True)
class Trained:
    """A Keras model, what it cost, and some of what it has seen."""

    model: Any
    spent: Spent
    pool: Pool


def load_submission(file: Path) -> ModuleType:
    """Return a submission as a module."""
    spec = importlib.util.spec_from_file_location("submission", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def train(
    submission: ModuleType, source: Source, plan: Plan, say: Callable[[str], None] = print
) -> Trained:
    """Train a submission's model by its own plan.

    On a CPU that is fast enough the number of steps is fixed, and so are the weights. On a slower
    one the learning rate follows the CPU seconds instead, so that it still comes down to nothing.
    """
    import keras

    from autograder.worker.loop import make_train_step

    keras.utils.set_random_seed(plan.seed)
    model = submission.build_model((SIZE, SIZE, 3), NUM_CLASSES)
    planned = submission.training_plan()
    batch = planned["batch_size"]
    own_steps = planned["epochs"] * (EPOCH_IMAGES // batch)
    spent = Spent(planned_steps=plan.steps or own_steps)
    pool = Pool(source, plan.pool, plan.looks, plan.seed)
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    train_step = make_train_step(model, submission.build_augmentation())
    loss_sum = 0.0
    while (done := progress(spent, plan.budget_s)) < 1:
        optimizer.iterations.assign(int(done * own_steps))
        loss, _ = train_step(*pool.draw(batch))
        loss_sum += float(loss)
        spent.steps, spent.images, spent.rendering_s = spent.steps + 1, pool.rendered, pool.cpu_s
        if spent.steps % REPORT_STEPS == 0:
            spent.losses.append(loss_sum / REPORT_STEPS)
            loss_sum = 0.0
            say(f"step {spent.steps}: loss {spent.losses[-1]:.3f}, {time.process_time():.0f} CPU s")
    optimizer.finalize_variable_values(model.trainable_variables)
    spent.cpu_s = time.process_time()
    return Trained(model, spent, pool)


def progress(spent: Spent, budget_s: float) -> float:
    """Return which share of the training is over: of its steps or, if that is more, its time."""
    return max(spent.steps / spent.planned_steps, time.process_time() / budget_s)
