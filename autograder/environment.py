"""What a training runs on, found out without importing any of it."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from autograder import __version__
from autograder.reports.report import Environment

_PACKAGE = Path(__file__).parent


def detect_environment(reproducibility: Literal["strict", "host"]) -> Environment:
    """Return the versions and the machine that trainings will run on."""
    return Environment(
        python=platform.python_version(),
        tensorflow=version("tensorflow"),
        keras=version("keras"),
        numpy=version("numpy"),
        platform=f"{platform.system()}-{platform.machine()}",
        cpu=_cpu_name(),
        reproducibility=reproducibility,
    )


def harness_version() -> str:
    """Return our version and a digest of what computes a training and its score.

    A checkout that was changed must not take an older one's results for its own.
    """
    digest = hashlib.sha256()
    for name in ("worker.py", "jobs.py", "metrics.py", "scoring.py", "model_rules.py", "budget.py"):
        digest.update((_PACKAGE / name).read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # no Linux
    return platform.processor() or "unknown"
