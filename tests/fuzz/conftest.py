"""What all fuzz targets share: an empty folder to work in, and the table at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.campaign import INPUTS, OUTCOMES, TALLIES, Tally, name_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for a target's inputs; nothing may be left where a reader could leave it."""
    work, temporary, inputs = (tmp_path / name for name in ("work", "temporary", "inputs"))
    for path in (work, temporary, inputs):
        path.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield inputs
    left = [*work.iterdir(), *temporary.iterdir()]
    assert not left, f"left behind: {left}"


@pytest.fixture(autouse=True)
def gets_through(request: pytest.FixtureRequest) -> Iterator[None]:
    """See that some inputs are taken: a reader that refuses its sample is hardly tried."""
    yield
    tally = TALLIES.get(name_of(request.function))
    if tally is not None and not tally.outcomes["crash"]:
        assert tally.outcomes["value"] + tally.outcomes["finding"], (
            "no input got through: is the sample still valid?"
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not INPUTS:
        return
    ran = {name: tally for name, tally in TALLIES.items() if tally.inputs}
    heads = ("inputs", "distinct", "CPU s", "slowest s", *OUTCOMES)
    rows = [("target", heads), *((name, _cells(tally)) for name, tally in ran.items())]
    width = max(len(name) for name, _ in rows)
    terminalreporter.section("fuzzing")
    for name, cells in rows:
        terminalreporter.write_line(name.ljust(width) + "".join(f"{cell:>13}" for cell in cells))
    inputs = sum(tally.inputs for tally in ran.values())
    distinct = sum(len(tally.distinct) for tally in ran.values())
    crashes = sum(tally.outcomes["crash"] for tally in ran.values())
    terminalreporter.write_line(f"{inputs:,} inputs, {distinct:,} distinct; {crashes:,} crashes")


def _cells(tally: Tally) -> tuple[str, ...]:
    counts = (tally.inputs, len(tally.distinct))
    seconds = (f"{tally.seconds:.1f}", f"{tally.slowest_s:.2f}")
    outcomes = (tally.outcomes[outcome] for outcome in OUTCOMES)
    return (*map("{:,}".format, counts), *seconds, *map("{:,}".format, outcomes))
