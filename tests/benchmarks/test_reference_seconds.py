"""How far reference seconds are from CPU seconds, over networks of every style.

Run by `make bench`; prints a table, draws docs/images/cost-model.png, and checks the deviations
that docs/reference-seconds.md promises.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.cost import Graph, cost_of
from autograder.jobs import environment
from autograder.models import Cost
from tests.benchmarks.architectures import ARCHITECTURES
from tests.benchmarks.plotting import Point, plot

ROOT = Path(__file__).parents[2]
PLOT = ROOT / "docs" / "images" / "cost-model.png"
MEDIAN, WORST = 1.15, 1.6


@dataclass(frozen=True)
class Measured:
    """What a training step, or the prediction of a batch, was said to cost and did cost."""

    architecture: str
    task: str
    cost: Cost
    cpu_ms: float
    held_out: bool

    @property
    def ratio(self) -> float:
        return self.cost.ms / self.cpu_ms


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("stepping") / "measured.json"
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.stepping", str(file)],
        env=environment(strict=True) | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    return dict(json.loads(file.read_text("utf-8")))


def read(found: dict[str, Any]) -> list[Measured]:
    measured = []
    for architecture in ARCHITECTURES:
        name = architecture.name
        graph = Graph.model_validate_json(json.dumps(found["graphs"][name]))
        for task, ops in (("train", graph.train), ("predict", graph.predict)):
            cpu_ms = 1e3 * found["cpu_s"][name][task]
            measured.append(Measured(name, task, cost_of(ops), cpu_ms, architecture.held_out))
    return measured


def test_reference_seconds_are_cpu_seconds_but_for_one_factor(found: dict[str, Any]) -> None:
    measured = read(found)
    host = statistics.median(each.ratio for each in measured)
    print(f"\na CPU second of this machine is worth {host:.3f} reference seconds")
    print("| architecture | task | reference ms | CPU ms | ratio | held out |")
    print("|---|---|--:|--:|--:|---|")
    for each in measured:
        print(
            f"| {each.architecture} | {each.task} | {each.cost.ms:.1f} | {each.cpu_ms:.1f} "
            f"| {each.ratio / host:.2f} | {'yes' if each.held_out else ''} |"
        )
    for each in measured:
        if each.cost.unknown_ops:
            print(f"priced as unknown in {each.architecture}: {', '.join(each.cost.unknown_ops)}")
    for title, some in (
        ("all", measured),
        ("training steps", [each for each in measured if each.task == "train"]),
        ("predictions", [each for each in measured if each.task == "predict"]),
        ("fitted", [each for each in measured if not each.held_out]),
        ("held out", [each for each in measured if each.held_out]),
    ):
        off = [deviation(each, host) for each in some]
        middle, worst = statistics.median(off) - 1, max(off)
        print(f"{title}: {len(off)}, median deviation {middle:.1%}, worst factor {worst:.2f}")
    name, slowest_s = max(found["tracing_s"].items(), key=lambda item: item[1])
    middle_s = statistics.median(found["tracing_s"].values())
    print(f"tracing: {middle_s:.2f} s of CPU (median), {slowest_s:.2f} s at most ({name})")
    draw(measured, host)

    deviations = [deviation(each, host) for each in measured]
    assert statistics.median(deviations) <= MEDIAN
    assert max(deviations) <= WORST


def deviation(each: Measured, host: float) -> float:
    """Return the factor between price and measurement, the larger over the smaller."""
    return math.exp(abs(math.log(each.ratio / host)))


def draw(measured: list[Measured], host: float) -> None:
    titles = {"train": "one training step", "predict": "prediction of 256 images"}
    panels = {
        title: [
            Point(each.architecture, each.cpu_ms, each.cost.ms / host, each.held_out)
            for each in measured
            if each.task == task
        ]
        for task, title in titles.items()
    }
    plot(panels, WORST, PLOT)
