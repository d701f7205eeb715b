"""What strict mode costs a training: the same steps in both modes, taking turns.

Run by `make bench`; prints, and checks ratios loosely: on a CPU without AVX-512 both modes run the
same code.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autograder.jobs import environment
from tests.benchmarks.architectures import ARCHITECTURES
from tests.benchmarks.stepping import built, cpu_s, data

NAMES = "lenet5 alexnet VGG resnet8 densenet mobilenet resnext ViT".split()
NAMES += ["wide MLP", "heavy augmentation"]
ROUNDS = 6


def main() -> None:
    """Answer each name of an architecture with the CPU seconds of one of its steps."""
    import functools

    from autograder.worker import warm_up

    warm_up()
    steps = {}
    for architecture in ARCHITECTURES:
        if architecture.name in NAMES:
            _, train_step, *_ = built(architecture)
            step = functools.partial(train_step, *data(architecture.batch_size))
            step()
            steps[architecture.name] = step
    print("ready", flush=True)
    for line in sys.stdin:
        print(cpu_s(steps[line.strip()]), flush=True)


@contextmanager
def stepping(*, strict: bool) -> Iterator[subprocess.Popen[str]]:
    """Start a process that makes steps in this mode."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.test_strict_mode_cost"],
        env=environment(strict=strict) | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def step_s(process: subprocess.Popen[str], name: str) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    print(name, file=process.stdin, flush=True)
    return float(process.stdout.readline())


def test_strict_mode_costs_no_multiple() -> None:
    with ExitStack() as stack:
        modes = [stack.enter_context(stepping(strict=strict)) for strict in (True, False)]
        print(f"\n{'':20}  strict ms  host ms  ratio")
        middles = []
        for name in NAMES:
            visits = [[step_s(mode, name) for mode in modes] for _ in range(ROUNDS)]
            strict_s, host_s = (min(column) for column in zip(*visits, strict=True))
            middles.append(statistics.median(strict / host for strict, host in visits))
            print(f"{name:20}  {1e3 * strict_s:9.1f}  {1e3 * host_s:7.1f}  {middles[-1]:5.2f}")
    print(f"{'median':20}  {'':9}  {'':7}  {statistics.median(middles):5.2f}")
    assert statistics.median(middles) < 2
    assert max(middles) < 3


if __name__ == "__main__":
    main()
