"""Images a second that one core renders: `make bench` prints them."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

import pytest

from autograder.roadsigns.splits import render_split
from autograder.roadsigns.streaming import stream

BATCH = 128
WANTED = 1500
"""Images of 32 by 32 pixels a second and core; half of them where others are at work too."""


def rate(render: Callable[[], int], times: int = 3) -> float:
    """Return images per CPU second, the best of some runs."""
    best = 0.0
    for _ in range(times):
        started = time.process_time()
        best = max(best, render() / (time.process_time() - started))
    return best


@pytest.mark.parametrize(("image_size", "batches"), [(16, 8), (32, 8), (64, 4), (128, 1), (224, 1)])
@pytest.mark.parametrize("conditions", ["course", "road"])
def test_a_stream_is_fast(image_size: int, batches: int, conditions: str) -> None:
    source = stream("bench", batch=BATCH, image_size=image_size, conditions=conditions)  # type: ignore[arg-type]
    for _ in islice(source, 8 * batches):  # the first signs of each class are painted once
        pass
    found = rate(lambda: sum(len(labels) for _, labels in islice(source, batches)))
    print(f"\nstream, {conditions}, {image_size} pixels: {found:.0f} images a second")
    if image_size == 32:
        assert found > WANTED / 2


@pytest.mark.parametrize("name", ["train", "validation", "holdout"])
@pytest.mark.parametrize("conditions", ["course", "road"])
def test_splits_are_rendered_fast(name: str, conditions: str) -> None:
    def render() -> int:
        split = render_split(name, "bench", 1000, 32, conditions=conditions)  # type: ignore[arg-type]
        return len(split.labels)

    found = rate(render)
    print(f"\n{name}, {conditions}, 32 pixels: {found:.0f} images a second")
    assert found > WANTED / 2
