"""What a training runs on, found out without importing any of it."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from autograder import __version__
from autograder.jobs import environment
from autograder.machine import cache_sizes, cpu_facts, system_name
from autograder.reports.report import X86_64, Environment

_PACKAGE = Path(__file__).parent
# What computes a training and its score.
_COMPUTES = """
    worker/*.py jobs.py budget.py cost.py rates.py pricing.py model_rules.py metrics.py scoring.py
    resampling.py stats.py runs.py replay.py stock.py predicting.py measuring.py
""".split()


def detect_environment(reproducibility: Literal["strict", "host"]) -> Environment:
    """Return the versions and the machine that trainings will run on."""
    cpu, extensions = cpu_facts()
    settings = environment(strict=reproducibility == "strict")
    return Environment(
        python=platform.python_version(),
        tensorflow=version("tensorflow"),
        keras=version("keras"),
        numpy=version("numpy"),
        platform=f"{platform.system()}-{platform.machine()}",
        cpu=cpu,
        reproducibility=reproducibility,
        vector_extensions=extensions,
        caches=cache_sizes(),
        os=system_name(),
        onednn=" ".join(f"{key}={settings[key]}" for key in sorted(settings) if "ONEDNN" in key),
        threads=int(settings["OMP_NUM_THREADS"]),
        autograder=harness_version(),
    )


def promise(environment: Environment, unportable: tuple[str, ...] = ()) -> str:
    """Return, in one line, whether a training here has the bits that it has at the grader's.

    Args:
        environment: Of this machine.
        unportable: From `autograder.portability`, of the training in question.
    """
    if environment.holds_everywhere and unportable:
        return f"Your bits hold on one CPU model only: {'; '.join(unportable)}."
    if environment.holds_everywhere:
        return (
            "Your bits are the grader's: strict mode on x86-64 with AVX2 (TensorFlow "
            f"{environment.tensorflow}, Keras {environment.keras})."
        )
    return f"Bits hold on machines like this one only, by their fingerprint: {_doubt(environment)}."


def _doubt(environment: Environment) -> str:
    """Return what keeps this machine from the promise that strict mode makes."""
    system, _, architecture = environment.platform.partition("-")
    if environment.reproducibility == "host":
        return "the rules say reproducibility: host"
    if architecture.lower() not in X86_64:
        return f"this is no x86-64 processor but {architecture or 'an unknown one'}"
    if system != "Linux":
        return f"equal bits were shown on Linux, not on {system}"
    if not environment.vector_extensions:
        return "there is no reading what this processor can do"
    lacks = "FMA" if "avx2" in environment.vector_extensions else "AVX2"
    return f"this processor has no {lacks}"


def harness_version() -> str:
    """Return our version and a digest of what computes a training and its score.

    A checkout that was changed must not take an older one's results for its own.
    """
    digest = hashlib.sha256()
    for path in computing_files():
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return f"{__version__}+{digest.hexdigest()[:12]}"


def computing_files() -> tuple[Path, ...]:
    """Return the modules that a training and its score depend on, in a fixed order."""
    return tuple(path for pattern in _COMPUTES for path in sorted(_PACKAGE.glob(pattern)))
