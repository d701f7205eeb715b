"""Where the holdout's secret comes from, and what is no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import DatasetError
from autograder.holdout_seed import HoldoutSeed, holdout_seed


def test_the_seed_comes_from_the_environment() -> None:
    assert holdout_seed({"AUTOGRADER_HOLDOUT_SEED": " term-2027\n"}) == HoldoutSeed(
        "term-2027", is_default=False
    )
    assert holdout_seed({}) == HoldoutSeed("try-out", is_default=True)
    assert holdout_seed({"AUTOGRADER_HOLDOUT_SEED": "try-out"}).is_default


def test_a_short_secret_is_weak_and_the_public_seed_is_no_secret_at_all() -> None:
    assert HoldoutSeed("term-2027", is_default=False).is_weak
    assert not HoldoutSeed("9f86d081884c7d659a2feaa0c55ad015", is_default=False).is_weak
    assert not holdout_seed({}).is_weak


def test_the_seed_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "seed").write_text("term-2027\n")
    environ = {"AUTOGRADER_HOLDOUT_SEED_FILE": str(tmp_path / "seed")}
    assert holdout_seed(environ).value == "term-2027"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"AUTOGRADER_HOLDOUT_SEED": " "}, "AUTOGRADER_HOLDOUT_SEED is empty"),
        ({"AUTOGRADER_HOLDOUT_SEED_FILE": "/no/such/file"}, "/no/such/file.*cannot be read"),
    ],
)
def test_a_useless_seed_is_an_error(environ: dict[str, str], words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        holdout_seed(environ)
