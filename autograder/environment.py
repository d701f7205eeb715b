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
# What computes a training and its score.
_COMPUTES = """
    worker/*.py jobs.py budget.py model_rules.py metrics.py scoring.py replay.py stock.py
""".split()


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
    for path in computing_files():
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return f"{__version__}+{digest.hexdigest()[:12]}"


def computing_files() -> tuple[Path, ...]:
    """Return the modules that a training and its score depend on, in a fixed order."""
    return tuple(path for pattern in _COMPUTES for path in sorted(_PACKAGE.glob(pattern)))


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # no Linux
    return platform.processor() or "unknown"
