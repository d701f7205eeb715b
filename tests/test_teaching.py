"""The bench of what the course teaches: sound submissions, and claims that its numbers bear out."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.checks import check_sources
from autograder.config_file import load_config
from autograder.intake import collect
from tests.benchmarks.teaching.entries import ENTRIES, ROOT, Entry
from tests.benchmarks.teaching.page import write_page
from tests.benchmarks.teaching.results import Row, claims, mean_and_spread

BY_ID = {entry.id: entry for entry in ENTRIES}


def row(name: str, *macro_f1: float, score: float = 90) -> Row:
    return Row(BY_ID[name], macro_f1, (score,) * len(macro_f1), 100, 68000, 806, 25.6)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_is_a_sound_submission(entry: Entry, tmp_path: Path) -> None:
    config = load_config(ROOT / "grading.yaml")
    (submission,) = collect([entry.write(tmp_path)], config)
    assert submission.id == entry.id
    assert not submission.problems
    assert not check_sources(submission, config)


def test_entries_have_their_own_folders() -> None:
    assert len(BY_ID) == len(ENTRIES)


def test_a_claim_holds_where_the_numbers_say_so() -> None:
    found = claims(
        [
            row("reference-pose", 0.92, 0.94),
            row("reference-none", 0.81, 0.83),
            row("reference-flips", 0.93, 0.93),
            row("mlp-pose", 0.7, score=49),
        ]
    )
    assert [claim.holds for claim in found] == [True, False, True]
    assert "+11.0 points" in found[0].text


def test_what_was_not_trained_is_not_claimed() -> None:
    assert [claim.text for claim in claims([row("lenet-pose", 0.9)])] == []


def test_a_single_seed_has_no_spread() -> None:
    assert mean_and_spread([0.5]) == (0.5, 0.0)


def test_the_page_is_written_between_its_marks(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    marks = "<!-- begin: written by make bench-teaching -->\nold\n<!-- end -->"
    (tmp_path / "teaching.md").write_text(f"before\n\n{marks}\n\nafter\n")
    write_page([row("lenet-pose", 0.90, 0.92), row("vgg-pose", 0.94, 0.96)], tmp_path)
    text = (tmp_path / "teaching.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("<!-- end -->\n\nafter\n")
    assert "old" not in text
    assert "| LeNet-5 | 68,000 | 806 | 25.6 | 0.910 ± 0.014 | 90.0 ± 0.0 |" in text
    assert "* VGG-like is better than LeNet (+4.0 points): yes" in text
    assert (tmp_path / "images" / "teaching.png").stat().st_size > 1000
