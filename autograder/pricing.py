"""Whose word is the price of a training? The grader's own, wherever the parts are Keras' own.

A job that ran a student's code leaves the ops of a training step behind, and could leave fewer. So
where model, augmentation, optimizer and loss are stock parts of Keras, a clean job without the
student's code builds them again from their description and traces the step anew. Only where there
are parts of the student's own is the first job believed: code that lies there gains steps, and
meets the guard on CPU time (see guards.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from autograder.cost import Graph
from autograder.jobs import OutputFile
from autograder.stock import foreign_among, read_architecture
from autograder.verdicts import Failure

PARTS, OPS = "parts.json", "ops.json"
_NAMES = {"model", "augmentation", "optimizer", "loss"}
PARTS_FILE = OutputFile(PARTS, 1 << 20)
OPS_FILE = OutputFile(OPS, 16 << 20)


@dataclass(frozen=True)
class Priced:
    """The ops that decide what a training costs.

    Attributes:
        graph: The ops.
        by: Who traced them: a clean job for the grader, or the job that ran the student's code.
        note: To staff, if the two disagree.
    """

    graph: Graph
    by: Literal["grader", "job"]
    note: str = ""


def read_graph(raw: bytes) -> Graph | None:
    """Return the ops that a job left; None if they are not as we write them."""
    try:
        return Graph.model_validate_json(raw)
    except (ValueError, RecursionError):
        return None


def inputs_of_pricing(parts: bytes) -> Mapping[str, bytes] | None:
    """Return the files from which a clean job traces the step again; None if it cannot."""
    try:
        read = read_architecture(parts)
    except ValueError:
        return None
    if not isinstance(read, dict) or read.keys() != _NAMES:
        return None
    return None if foreign_among(read) else {PARTS: json.dumps(read).encode()}


def decide(claimed: Graph, traced: Graph | Failure | None) -> Priced:
    """Return whose ops count.

    Args:
        claimed: From the job that ran the student's code.
        traced: From the clean job; how it failed; or None if there was none.
    """
    if not isinstance(traced, Graph):
        return Priced(claimed, "job")
    if traced == claimed:
        return Priced(traced, "grader")
    note = (
        "The ops of a training step, traced without the student's code, are not those that its "
        "own job reported: its steps were priced by the former."
    )
    return Priced(traced, "grader", note)
