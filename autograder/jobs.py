"""What a job is, to the grader that asks for it and to the zygote that runs it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.config import LimitsConfig

# Read by TensorFlow, oneDNN and OpenMP before or at their first use, so they are set before
# anything is imported. Why each is needed for equal bits: docs/decisions.md.
_ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
# joblib and multiprocessing would make semaphores at import, which no job may.
_ENVIRONMENT |= {"JOBLIB_MULTIPROCESSING": "0"}

# oneDNN, NumPy and NumPy's OpenBLAS pick code by what the CPU offers. NumPy takes no notice of
# names of features that a CPU does not have.
_AVX2 = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
}


_WALL_PER_CPU = 2


def environment(*, strict: bool) -> dict[str, str]:
    """Return the whole environment of the zygote and of every job.

    Args:
        strict: Whether arithmetic keeps to AVX2, so that every CPU that has it agrees.
    """
    return _ENVIRONMENT | (_AVX2 if strict else {})


class Ending(StrEnum):
    """How a job's process ended, as the zygote saw it."""

    EXITED = "exited"  # by itself, whatever the exit code or signal
    CPU_LIMIT = "cpu"
    WALL_LIMIT = "wall"
    MEMORY_LIMIT = "memory"
    DISK_LIMIT = "disk"
    THREAD_LIMIT = "threads"
    OUTPUT_LIMIT = "output"
    # From here on, nothing that it can be blamed for:
    KILLED_FROM_OUTSIDE = "killed"  # or held, by someone at this machine or by the kernel
    MACHINE_DISK_FULL = "machine's disk full"
    NOT_STARTED = "not started"  # it could not be confined; nothing of the student's ran


@dataclass(frozen=True)
class Limits:
    """What a job is stopped at."""

    cpu_s: int
    wall_s: int
    memory_mib: int
    disk_mib: int
    threads: int
    output_mib: int

    @classmethod
    def for_work(cls, limits: LimitsConfig, work_s: float, host_factor: float) -> Limits:
        """Limits of a job that builds a model and then has something to do.

        Args:
            limits: From the rules.
            work_s: Reference seconds of what it has to do beyond building.
            host_factor: CPU seconds of this machine that a reference second takes.
        """
        guarded_s = limits.guard * work_s
        return cls(
            math.ceil(host_factor * (limits.build_cpu_s + guarded_s)),
            # A job that computes has used up its CPU seconds long before.
            math.ceil(host_factor * (limits.build_wall_s + _WALL_PER_CPU * guarded_s)),
            limits.memory_mib,
            limits.disk_mib,
            limits.threads,
            limits.output_mib,
        )


@dataclass(frozen=True)
class OutputFile:
    """A file that a job may leave behind, and how much of it is read at most."""

    name: str
    max_bytes: int


@dataclass(frozen=True)
class Job:
    """One thing to run for one submission.

    Attributes:
        task: Name of the task in worker/tasks.py.
        arguments: Its arguments, plain enough for JSON.
        sources: Module file name to source text; written to the job's ``code`` folder.
        inputs: Other files for that folder, by name; never named by a student.
        limits: What it is stopped at.
        outputs: The files to bring back.
    """

    task: str
    arguments: Mapping[str, Any]
    sources: Mapping[str, str]
    limits: Limits
    outputs: tuple[OutputFile, ...]
    inputs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class JobResult:
    """What is left of a job.

    Attributes:
        ending: How its process ended.
        exit_code: Its exit code, or minus the number of the signal that ended it.
        cpu_s: CPU seconds, user and system, from the kernel's accounting.
        wall_s: Seconds from fork to end.
        peak_memory_mib: Largest resident set, pages shared with the zygote included.
        log: What it printed, shortened in the middle.
        outputs: Raw bytes of the output files that it left and that were not too large.
    """

    ending: Ending
    exit_code: int
    cpu_s: float
    wall_s: float
    peak_memory_mib: float
    log: bytes
    outputs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How far a training job says it is; for whoever watches, nothing else.

    Attributes:
        step: Optimizer steps made.
        steps: Optimizer steps planned.
        history: Its ``history.jsonl`` so far, raw.
    """

    step: int
    steps: int
    history: bytes


@dataclass(frozen=True)
class Request:
    """A job on its way to the zygote."""

    id: int
    task: str
    arguments: Mapping[str, Any]
    folder: str
    limits: Limits

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Request:
        """Build it from its parsed JSON."""
        return cls(**{**data, "limits": Limits(**data["limits"])})


def code_folder(folder: Path) -> Path:
    """Return where the student's sources lie inside a job's folder; the job can only read them."""
    return folder / "code"


def work_folder(folder: Path) -> Path:
    """Return where a job works, and leaves its outputs, inside its folder."""
    return folder / "work"
