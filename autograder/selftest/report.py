"""Runs the probes in a real job and says what came of them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from autograder.confined_runner import SandboxRunner
from autograder.errors import InternalError
from autograder.jobs import Ending, Job, Limits, OutputFile
from autograder.runner import Runner

_SIZE, _CLASSES, _IMAGES = 8, 2, 4
_LIMITS = Limits(cpu_s=60, wall_s=120, memory_mib=2048, disk_mib=8, threads=64, output_mib=1)
_CONTENT = "the grader's own"


@dataclass(frozen=True)
class SelfTest:
    """What a job of our own could do.

    Attributes:
        refused: What each probe tried, and how it was refused; None where it got in.
    """

    refused: Mapping[str, str | None]

    @property
    def got_in(self) -> tuple[str, ...]:
        """What nobody stopped."""
        return tuple(name for name, how in self.refused.items() if how is None)


def run_selftest() -> SelfTest:
    """Try the sandbox of this machine.

    Raises:
        SandboxUnavailableError: There is none.
        InternalError: Not even an honest job runs in it.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the images are for jobs, whoever they run as
        canary = folder / "canary"
        canary.write_text(_CONTENT, encoding="ascii")
        canary.chmod(0o600)
        arguments = _write_data(folder)
        data = tuple(sorted(folder.glob("*.npy")))
        with SandboxRunner(data, strict=True) as runner:
            refused = _ask(runner, arguments, canary)
        if canary.read_text(encoding="ascii") != _CONTENT:
            refused["write to a file of yours"] = None
    return SelfTest(refused)


def _ask(runner: Runner, arguments: dict[str, object], canary: Path) -> dict[str, str | None]:
    probes = files("autograder.selftest").joinpath("probes.py").read_text(encoding="utf-8")
    sources = {"probes.py": probes, "canary.py": f"PATH = {str(canary)!r}\n"}
    outputs = (OutputFile("probes.json", 1 << 16), OutputFile("description.json", 1 << 16))
    result = runner.run(Job("describe", arguments, sources, _LIMITS, outputs))
    if result.ending is not Ending.EXITED or set(result.outputs) != {file.name for file in outputs}:
        words = result.log[-2000:].decode("utf-8", "replace")
        raise InternalError(f"the self-test did not come to its end ({result.ending}):\n{words}")
    return dict(json.loads(result.outputs["probes.json"]))


def _write_data(folder: Path) -> dict[str, object]:
    """Write the least that a job needs; return its arguments."""
    paths: dict[str, object] = {}
    for split in ("train", "validation"):
        images = np.zeros((_IMAGES, _SIZE, _SIZE, 3), np.uint8)
        for kind, array in (("images", images), ("labels", np.zeros(_IMAGES, np.int32))):
            path = folder / f"{split}_{kind}.npy"
            np.save(path, array)
            paths[f"{split}_{kind}"] = str(path)
    more = {"module": "probes", "image_size": _SIZE, "num_classes": _CLASSES, "seed": 1}
    return paths | more | {"probe_images": _IMAGES, "augmented_images": _IMAGES}
