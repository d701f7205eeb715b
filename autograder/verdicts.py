"""From the way a job ended to a verdict that says whose fault it was and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending, JobResult, Limits, OutputFile
from autograder.models import Finding, Location, SourceFile, Submission, Verdict

ERROR_FILE = OutputFile("error.json", 1 << 20)
# As raised by Python, NumPy and TensorFlow.
_MEMORY_ERRORS = {"MemoryError", "_ArrayMemoryError", "ResourceExhaustedError"}
# A job whose folder is full, as Python says it. The machine's own disk is looked at elsewhere.
_DISK_FULL = "[Errno 28]"


@dataclass(frozen=True)
class Failure:
    """A job that ended in the student's fault: a verdict and why."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    note: str = ""


class JobFile(BaseModel):
    """Base of what a job writes as JSON: taken exactly as documented, or not at all."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _ErrorFile(JobFile):
    stage: str = Field(max_length=100)
    contract: bool
    type: str = Field(max_length=200)
    message: str = Field(max_length=5000)
    places: list[tuple[str, int | None]] = Field(max_length=50)


def unfinished(name: str) -> Failure:
    """A job that left ``name`` missing, or not as we write it: it was ended early, or forged."""
    finding = Finding(
        "incomplete",
        "Your code ended the training process before it was done.",
        "Remove calls that end the process, such as exit().",
    )
    return Failure(Verdict.RUNTIME_ERROR, (finding,), f"{name} is missing or not as we write it")


def failure_of(result: JobResult, submission: Submission, limits: Limits) -> Failure | None:
    """Say what went wrong with a job, if anything did and it was the student's fault."""
    ending = result.ending
    if ending is Ending.KILLED_FROM_OUTSIDE:
        if result.peak_memory_mib > limits.memory_mib:  # the kernel was faster than our watchdog
            return _stopped(Ending.MEMORY_LIMIT, limits)
        raise JobInfrastructureError(
            "a job was killed or held by someone else, or by the kernel, when it had used "
            f"{result.peak_memory_mib:.0f} of the {limits.memory_mib} MiB of memory that it may. "
            "Where memory has run out (`dmesg` tells), `autograder doctor` says how many jobs "
            "this machine has enough for: lower --jobs or limits.memory_mib"
        )
    if ending in _OUR_FAULTS:
        raise JobInfrastructureError(_OUR_FAULTS[ending])
    if ending in _STOPPED:
        return _stopped(ending, limits)
    if "error.json" in result.outputs:
        return _student_error(result, submission, limits)
    if result.exit_code < 0:
        return _crash(result, limits)
    if result.exit_code > 0:
        return unfinished("error.json")
    return None


_OUR_FAULTS = {
    Ending.MACHINE_DISK_FULL: "the disk of this machine is full",
    Ending.NOT_STARTED: "a job could not be started",
}
_STOPPED: dict[Ending, tuple[Verdict, str, str, str]] = {
    Ending.CPU_LIMIT: (
        Verdict.TIME_LIMIT,
        "cpu-limit",
        "It was stopped after {limits.cpu_s} s of CPU time.",
        "Look for a loop that does not end; else make the network or the plan smaller.",
    ),
    Ending.WALL_LIMIT: (
        Verdict.TIME_LIMIT,
        "wall-limit",
        "It was stopped after {limits.wall_s} s.",
        "Look for code that waits, such as sleep() or input().",
    ),
    Ending.MEMORY_LIMIT: (
        Verdict.MEMORY_LIMIT,
        "memory-limit",
        "It was stopped when it used more than {limits.memory_mib} MiB of memory.",
        "Make the batch or the feature maps smaller, and keep no copies of the images.",
    ),
    Ending.DISK_LIMIT: (
        Verdict.OUTPUT_LIMIT,
        "disk-limit",
        "It was stopped when it wrote more than {limits.disk_mib} MiB of files.",
        "Nothing needs to be saved: the grader keeps what it needs.",
    ),
    Ending.OUTPUT_LIMIT: (
        Verdict.OUTPUT_LIMIT,
        "print-limit",
        "It was stopped when it printed more than {limits.output_mib} MiB.",
        "Remove the print() that is called so often.",
    ),
    Ending.THREAD_LIMIT: (
        Verdict.RUNTIME_ERROR,
        "thread-limit",
        "It was stopped when it started more than {limits.threads} threads.",
        "Start no threads: training runs on one core.",
    ),
}


def _crash(result: JobResult, limits: Limits) -> Failure:
    """A signal ended it: out of memory inside TensorFlow, or a real crash."""
    near_limit = result.peak_memory_mib > 0.9 * limits.memory_mib
    if near_limit or b"bad_alloc" in result.log or b"out of memory" in result.log:
        return _stopped(Ending.MEMORY_LIMIT, limits)
    finding = Finding(
        "crash",
        f"The process crashed (signal {-result.exit_code}).",
        "This comes from native code: look at unusual shapes, very large layers and your own "
        "tensor operations.",
    )
    return Failure(Verdict.RUNTIME_ERROR, (finding,))


def _stopped(ending: Ending, limits: Limits) -> Failure:
    verdict, rule, message, hint = _STOPPED[ending]
    finding = Finding(rule, message.format(limits=limits), hint)
    return Failure(verdict, (finding,), f"stopped for: {ending}")


def _student_error(result: JobResult, submission: Submission, limits: Limits) -> Failure:
    if not result.outputs["error.json"]:  # there was no room to say more
        return _stopped(Ending.DISK_LIMIT, limits)
    try:
        error = _ErrorFile.model_validate_json(result.outputs["error.json"], strict=False)
    except (ValueError, RecursionError):
        return unfinished("error.json")
    if error.type in _MEMORY_ERRORS:
        return _stopped(Ending.MEMORY_LIMIT, limits)
    if _DISK_FULL in error.message:
        return _stopped(Ending.DISK_LIMIT, limits)
    location = _place(error.places, submission.files)
    if error.contract:
        finding = Finding("contract", error.message, "See the docstring in the template.", location)
        return Failure(Verdict.REJECTED, (finding,))
    finding = Finding(
        "exception",
        f"{error.type} in {error.stage}: {error.message}",
        _HINTS.get(error.stage, "Run `autograder check` on your machine to see it happen."),
        location,
    )
    return Failure(Verdict.RUNTIME_ERROR, (finding,))


_HINTS = {
    "training": "If it is about shapes: labels are class ids (batch,), so the loss has to be a "
    "sparse one.",
}


def _place(places: list[tuple[str, int | None]], files: tuple[SourceFile, ...]) -> Location | None:
    """Return the innermost place in the student's own code."""
    by_name = {file.name: file for file in files}
    for name, line in reversed(places):
        if name in by_name:
            return by_name[name].locate(line)
    return None
