"""Valid files of jobs, and the ways to bend them that several targets share."""

from __future__ import annotations

import json
import struct

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
