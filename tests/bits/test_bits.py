"""A small part of the matrix, natively and on one emulated CPU; `make bits` runs all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder.cost import Graph
from autograder.jobs import environment
from autograder.portability import unportable
from tests.bits import augmentation_cases
from tests.bits.cases import CASES, chosen
from tests.bits.emulation import NATIVE, ROOT, Digests, differing, qemu, read, train

# Each once was different on another CPU.
SUBSET = (
    "convolution: Conv2D grouped",
    "normalisation: LayerNormalization",
    "NumPy in weights: matrix product",
    "optimizer: Adam",
)
# They need labels, other libraries, files or text; or are no layers to be used by themselves.
LEFT_OUT = """
    FlaxLayer Input InputLayer InputSpec JaxLayer Lambda Layer MaxNumBoundingBoxes StringLookup
    TFSMLayer TextVectorization TorchModuleWrapper Wrapper Flatten Reshape
""".split()


def answers(cpu: str, folder: Path, name: str) -> dict[str, Digests]:
    work = folder / name
    work.mkdir()
    train(cpu, work / "digests.jsonl", SUBSET, folder=work)
    return read(work / "digests.jsonl")


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Digests]:
    return answers(NATIVE, tmp_path_factory.mktemp("native"), "one place")


def in_worker(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(strict=True) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_case_gives_digests(native: dict[str, Digests]) -> None:
    assert set(native) == set(SUBSET)
    assert all("error" not in digests and len(digests) >= 5 for digests in native.values())


def test_parts_of_a_training_are_told_apart(native: dict[str, Digests]) -> None:
    for digests in native.values():
        assert len(set(digests.values())) == len(digests)


def test_a_cold_start_in_another_folder_gives_the_same(
    native: dict[str, Digests], tmp_path: Path
) -> None:
    assert differing(native, answers(NATIVE, tmp_path, "another place")) == {}


@pytest.mark.skipif(qemu() is None, reason="qemu-x86_64 is not installed")
def test_an_emulated_cpu_gives_the_same(native: dict[str, Digests], tmp_path: Path) -> None:
    assert differing(native, answers("Haswell", tmp_path, "Haswell")) == {}


def test_what_differs_or_is_missing_is_found() -> None:
    one = {"a": {"weights": "1", "losses": "2"}, "b": {"weights": "1"}, "c": {"weights": "1"}}
    other = {"a": {"weights": "1", "losses": "3"}, "b": {"weights": "1"}}
    assert differing(one, other) == {"a": ["losses"], "c": ["weights", "missing"]}


def test_cases_are_told_by_their_ids() -> None:
    assert max(Counter(case.id for case in CASES).values()) == 1


def test_cases_are_chosen_by_id_or_by_a_part_of_it() -> None:
    assert [case.id for case in chosen(CASES, ["optimizer: Adam"])] == ["optimizer: Adam"]
    assert len(chosen(CASES, ["optimizer: Ad"])) > 5
    assert chosen(CASES, []) == list(CASES)


def test_every_layer_and_optimizer_of_keras_has_a_case() -> None:
    script = (
        "import keras\n"
        "for of in (keras.layers, keras.optimizers, keras.optimizers.schedules):\n"
        "    seen = {}\n"
        "    for name in dir(of):\n"
        "        if name[0].isupper(): seen.setdefault(getattr(of, name), []).append(name)\n"
        "    for names in seen.values(): print(*names)\n"
    )
    listed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    texts = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*_cases.py"))
    without = {*LEFT_OUT, *augmentation_cases.LEFT_OUT, *"Optimizer OptimizerMap".split()}
    without |= {"LearningRateSchedule"}
    missing = [
        names
        for names in map(str.split, listed.splitlines())
        if not any(f".{name}(" in texts or name in without for name in names)
    ]
    assert missing == []


def test_what_need_not_be_the_same_is_named_to_the_grader() -> None:
    ids = ("XLA: softmax", "mixed_float16: Dense", "approximation: Rsqrt", *SUBSET)
    script = f"""
import json
from autograder.worker import warm_up
warm_up()
from tests.bits.cases import CASES, chosen
from tests.bits.training import traced
for case in chosen(CASES, {ids}):
    print(json.dumps([case.id, case.portable, traced(case)]))
"""
    for line in in_worker(script).splitlines():
        name, portable, ops = json.loads(line)
        reasons = unportable(Graph.model_validate_json(json.dumps(ops)))
        assert portable == (not reasons), (name, reasons)


def test_convolving_group_by_group_gives_what_keras_gives() -> None:
    script = """
import numpy as np
from keras.src.backend.tensorflow import nn
by_keras = nn.conv
from autograder.worker import warm_up
warm_up()
assert nn.conv is not by_keras
random = np.random.default_rng(0)
for dimensions in (1, 2, 3):
    images = random.normal(size=(2, *[7] * dimensions, 6)).astype("f4")
    kernel = random.normal(size=(*[3] * dimensions, 2, 9)).astype("f4")
    for more in ((), (2, "same"), (1, "valid", None, 2)):
        np.testing.assert_allclose(
            nn.conv(images, kernel, *more), by_keras(images, kernel, *more), rtol=1e-4, atol=1e-4
        )
"""
    in_worker(script)
