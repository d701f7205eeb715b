"""Valid files of jobs, and the ways to bend them that several targets share."""

from __future__ import annotations

import json
import struct

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests import fakes
from tests.fuzz.mutations import bent_bytes, bent_json

ERROR = {
    "stage": "build_model", "contract": False, "type": "ValueError", "message": "too\ndeep",
    "places": [["layers.py", 7], ["submission.py", 2], ["ops.py", None]],
}  # fmt: skip
ROWS, CLASSES = 7, 5


def history_files() -> SearchStrategy[bytes]:
    """Files of no, one or several lines of history."""
    lines = [fakes.HISTORY | {"epoch": number, "step": 5 * number} for number in (1, 2)]
    whole = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    second = bent_json(lines[1]).map(lambda data: data.replace(b"\n", b" ") + b"\n")
    several = st.lists(second, max_size=3).map(lambda bent: b"".join([whole, *bent]))
    return st.one_of(bent_bytes(whole), second, several)


@st.composite
def prediction_files(draw: DrawFn) -> bytes:
    """Little-endian float32, shape (ROWS, CLASSES) or not, finite or not."""
    odd = st.floats(width=32) | st.sampled_from([0.0, 3e38, float("nan"), float("inf")])
    size = ROWS * CLASSES
    values = draw(st.lists(st.floats(-9, 9, width=32), min_size=size, max_size=size))
    for place in draw(st.lists(st.integers(0, size - 1), max_size=2)):
        values[place] = draw(odd)
    whole = struct.pack(f"<{size}f", *values)
    return draw(st.one_of(st.just(whole), bent_bytes(whole)))


LOOK = [
    {
        "index": index, "places": 2,
        "layers": [
            {"name": "conv", "kind": "Conv2D", "shape": [8, 8, 4], "shown": [3, 8, 8]},
            {"name": "pool", "kind": "MaxPooling2D", "shape": [4, 4, 4], "shown": [3, 4, 4]},
        ],
    }
    for index in (0, 4)
]  # fmt: skip


def look_numbers() -> SearchStrategy[bytes]:
    """The numbers that belong to `LOOK`, some of them odd; or too few, or too many."""
    size = len(LOOK) * (3 * 8 * 8 + 3 * 4 * 4 + 4 * CLASSES)
    whole = np.linspace(-2, 2, size).astype("<f4")
    odd = st.sampled_from([float("nan"), float("inf"), float("-inf"), 3e38, -3e38, 7e4])

    def with_odd(places: list[tuple[int, float]]) -> bytes:
        numbers = whole.copy()
        for place, number in places:
            numbers[place] = number
        return bytes(numbers.tobytes())

    places = st.tuples(st.integers(0, size - 1), odd)
    return st.lists(places, max_size=3).map(with_odd) | bent_bytes(whole.tobytes())
