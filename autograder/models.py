"""The nouns that travel between stages: frozen, plain, without behaviour beyond their own data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

# How jobs are kept apart from the machine; ``none`` only when asked for.
Isolation = Literal["full", "degraded", "none"]


class Verdict(StrEnum):
    """How grading a submission ended."""

    GRADED = "GRADED"
    REJECTED = "REJECTED"  # a rule was broken before training
    RUNTIME_ERROR = "RUNTIME_ERROR"
    TIME_LIMIT = "TIME_LIMIT"
    MEMORY_LIMIT = "MEMORY_LIMIT"
    OUTPUT_LIMIT = "OUTPUT_LIMIT"
    INVALID_OUTPUT = "INVALID_OUTPUT"
    INTERNAL_ERROR = "INTERNAL_ERROR"  # ours: retried, never a zero, kept out of the gradebook


@dataclass(frozen=True)
class Location:
    """A place in what the student handed in, in the student's own counting.

    Attributes:
        file: File name as handed in, such as ``submission.ipynb``.
        line: Line in the file, or in the cell if there is one; counted from 1.
        cell: Code cell of a notebook, counted from 1.
    """

    file: str
    line: int | None = None
    cell: int | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.cell is not None:
            parts.append(f"cell {self.cell}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        return ", ".join(parts)


@dataclass(frozen=True)
class Finding:
    """Something a rule has to say about a submission.

    Attributes:
        rule: Identifier of the rule, such as ``forbidden-import``.
        message: What is wrong, to the student.
        hint: What to do about it, to the student.
        location: Where, if there is a where.
    """

    rule: str
    message: str
    hint: str = ""
    location: Location | None = None

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        return f"{where}{self.message} [{self.rule}]"


@dataclass(frozen=True)
class SourceFile:
    r"""One Python module of a submission.

    Attributes:
        name: Module file name inside the job, such as ``submission.py``.
        text: Its source, newlines as ``\n``.
        origin: File name as handed in; differs from ``name`` for notebooks.
        cell_lines: For notebooks, element ``i`` is the (cell, line) that source line ``i + 1``
            came from, both counted from 1; empty for plain Python.
    """

    name: str
    text: str
    origin: str
    cell_lines: tuple[tuple[int, int], ...] = ()

    def locate(self, line: int | None) -> Location:
        """Return the student's own place for a line (from 1) of ``text``."""
        if line is not None and 1 <= line <= len(self.cell_lines):
            cell, cell_line = self.cell_lines[line - 1]
            return Location(self.origin, cell_line, cell)
        return Location(self.origin, line)


@dataclass(frozen=True)
class Person:
    """A student, by whatever a learning management system or a roster says of them.

    Attributes:
        name: As it is written there; the systems differ.
        user_id: The system's own number: Canvas's ID, Moodle's participant.
        number: The school's: SIS user id, OrgDefinedId, Gradescope's SID.
        username: Login.
        email: Address.
        section: Of the class.
        github: Username on GitHub, which may be another's login at school.
    """

    name: str = ""
    user_id: str = ""
    number: str = ""
    username: str = ""
    email: str = ""
    section: str = ""
    github: str = ""


@dataclass(frozen=True)
class Submission:
    """One submission as taken in; nothing of it has been run.

    Attributes:
        id: Folder name of its results; unique in a batch, safe as a file name.
        student_id: From the roster; the id of the submission where there is none.
        name: From the roster; empty where there is none.
        path: Where it came from.
        files: Its modules; empty where ``problems`` kept us from reading any.
        sha256: Hex digest over names and contents of what was handed in, and over its problems.
        submitted_at: From the roster or the download, with a time zone.
        problems: Why it could not be taken in as handed in; any of them rejects it.
        copy: Of what was read, packed by copies.py; kept with the results.
        students: Whose it is, as far as a download or a roster tells; several are a team.
        due: Their own due time, with a time zone; None for that of the rules.
        marked_late: Whether the download calls it late, as some do that give no times.
        attempts: How many of theirs are graded, of which the best counts.
    """

    id: str
    student_id: str
    name: str
    path: Path
    files: tuple[SourceFile, ...]
    sha256: str
    submitted_at: datetime | None = None
    problems: tuple[Finding, ...] = ()
    copy: bytes = field(default=b"", repr=False)
    students: tuple[Person, ...] = ()
    due: datetime | None = None
    marked_late: bool = False
    attempts: int = 1


@dataclass(frozen=True)
class Layer:
    """One layer of a built model, as the job described it.

    Attributes:
        name: Keras name of the layer.
        kind: Class name, such as ``Conv2D``.
        is_convolution: Whether it is one of Keras' convolution layers.
        output_shape: Without the batch axis; None where unknown.
        weight_shapes: Shapes of all its own weights.
        trainable_shapes: Shapes of its trainable weights.
    """

    name: str
    kind: str
    is_convolution: bool
    output_shape: tuple[int | None, ...] | None
    weight_shapes: tuple[tuple[int, ...], ...]
    trainable_shapes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Epoch:
    """One line of the training history, as the job reported it; shown, never scored.

    Attributes:
        epoch: Counted from 1.
        step: Optimizer steps made so far.
        loss: Mean training loss of the epoch (with augmentation and dropout).
        accuracy: Training accuracy of the epoch, 0..1.
        validation_loss: Mean cross-entropy on the validation split.
        validation_accuracy: Accuracy on the validation split, 0..1.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True)
class ResourceUse:
    """What a job, or several in sum, used; from the kernel's accounting."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_memory_mib: float = 0.0

    def __add__(self, other: ResourceUse) -> ResourceUse:
        """Return what one after the other used."""
        return ResourceUse(
            self.cpu_s + other.cpu_s,
            self.wall_s + other.wall_s,
            max(self.peak_memory_mib, other.peak_memory_mib),
        )


@dataclass(frozen=True)
class TrainingPlan:
    """The student's plan and what the budget made of it, fixed before training.

    Attributes:
        epochs: As asked for.
        batch_size: As asked for.
        steps_per_epoch: Optimizer steps that see each training image once.
        steps: Steps that will be made.
        budget_steps: Steps that the budget would pay for.
        asked_s: Reference seconds that the whole plan would cost.
        used_s: Reference seconds that the steps that will be made cost.
        validation_s: Reference seconds of one look at the validation images.
    """

    epochs: int
    batch_size: int
    steps_per_epoch: int
    steps: int
    budget_steps: int
    asked_s: float
    used_s: float
    validation_s: float

    @property
    def cut_short(self) -> bool:
        """Whether the budget ends training before the plan does."""
        return self.steps < self.epochs * self.steps_per_epoch


Part = Literal["model", "augmentation", "loss", "optimizer", "harness"]


@dataclass(frozen=True)
class LayerCost:
    """What a layer, or a part of the step outside of the model, costs each time.

    Attributes:
        part: Where it belongs; ``model`` for layers.
        layer: Name of the layer; empty for what belongs to none.
        forward_flops: FLOPs of the forward pass.
        backward_flops: FLOPs of the gradients.
        ms: Reference milliseconds of both.
    """

    part: Part
    layer: str
    forward_flops: float
    backward_flops: float
    ms: float


@dataclass(frozen=True)
class Cost:
    """What a training step, or the prediction of a batch, costs.

    Attributes:
        layers: Whatever costs something, in the order of the graph.
        overhead_ms: Reference milliseconds for starting it at all.
        batch_size: Images that it works on.
        unknown_ops: Kinds of ops that no rate is known of; the fallback priced them.
    """

    layers: tuple[LayerCost, ...]
    overhead_ms: float
    batch_size: int
    unknown_ops: tuple[str, ...]

    @property
    def ms(self) -> float:
        """Reference milliseconds in all."""
        return self.overhead_ms + sum(layer.ms for layer in self.layers)

    @property
    def flops(self) -> float:
        """FLOPs in all."""
        return sum(layer.forward_flops + layer.backward_flops for layer in self.layers)


@dataclass(frozen=True)
class Replay:
    """Whether the trained model predicts the same without the student's code around it.

    Attributes:
        replayed: Whether a clean job came to the same predictions, to the bit; or that there
            could be none, since the model is not made of stock Keras parts alone.
        reason: Why, to staff.
    """

    replayed: bool | Literal["not possible"]
    reason: str


@dataclass(frozen=True)
class Diagnosis:
    """Something worth knowing about a training; nothing is scored by it.

    Attributes:
        id: Such as ``overfitting``.
        kind: A mistake to mend, advice, or plain information.
        message: What was seen, with numbers, to the student.
        hint: What to try next, to the student.
    """

    id: str
    kind: Literal["mistake", "advice", "information"]
    message: str
    hint: str
