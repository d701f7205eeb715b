from __future__ import annotations

from pathlib import Path
from typing import TypeGuard

import pytest

from autograder.config import Config
from autograder.config_edit import write_thresholds
from autograder.config_file import load_config
from autograder.errors import ConfigError
from autograder.rubric import Criterion, MetricCriterion

OWN = Path(__file__).parent.parent / "grading.yaml"
# Comments, odd spaces, quotes, flow style, a byte order mark, lines as Windows ends them.
ODD = """\ufeff# Größe: 0.91 \U0001f6a6\r
version:    1   # always\r
rubric:\r
- {id: f1, title: "0.91", points: 80, metric: macro_f1, zero_at: 0.5, full_at: 0.91}  # 0.91\r
-   id: 'stop'\r
    title: >\r
        folded\r
        text\r
\r
    points: 10\r
    metric: recall\r
    at_least:   .85     # not 0.91\r
    class_id: 14"""


def rules(tmp_path: Path, text: str) -> tuple[Path, Config]:
    path = tmp_path / "grading.yaml"
    path.write_bytes(text.encode())
    return path, load_config(path)


def is_metric(criterion: Criterion) -> TypeGuard[MetricCriterion]:
    return isinstance(criterion, MetricCriterion)


@pytest.mark.parametrize(
    ("thresholds", "changes"),
    [
        ({"f1": 0.9}, [("full_at: 0.91}", "full_at: 0.9}")]),
        ({"stop": 0.125}, [("at_least:   .85 ", "at_least:   0.125 ")]),
        ({"f1": 1.0, "stop": 0.0}, [("full_at: 0.91}", "full_at: 1.0}"), ("  .85", "  0.0")]),
        ({}, []),
        ({"stop": 0.85}, []),  # as it is, though written otherwise
    ],
)
def test_nothing_but_the_values_changes(
    thresholds: dict[str, float], changes: list[tuple[str, str]], tmp_path: Path
) -> None:
    path, config = rules(tmp_path, ODD)
    written = write_thresholds(path, config, thresholds)
    expected = ODD
    for old, new in changes:
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert path.read_bytes() == expected.encode()
    assert load_config(path) == written
    values = {item.id: item.threshold for item in written.rubric if is_metric(item)}
    assert {name: values[name] for name in thresholds} == thresholds


def test_our_own_rules_keep_every_other_byte(tmp_path: Path) -> None:
    before = OWN.read_bytes()
    path, config = rules(tmp_path, before.decode())
    thresholds = {item.id: 0.987654 for item in config.rubric if is_metric(item)}
    assert thresholds
    write_thresholds(path, config, thresholds)
    changed = [
        (old, new)
        for old, new in zip(before.splitlines(), path.read_bytes().splitlines(), strict=True)
        if old != new
    ]
    assert len(changed) == len(thresholds)
    for old, new in changed:
        key, _, _ = old.partition(b":")
        assert new == key + b": 0.987654"


def test_a_value_shared_by_an_anchor_is_left_alone(tmp_path: Path) -> None:
    text = (
        "version: 1\nrubric:\n"
        "  - {id: a, title: A, points: 1, metric: macro_f1, at_least: &good 0.8}\n"
        "  - {id: b, title: B, points: 1, metric: accuracy, at_least: *good}\n"
    )
    path, config = rules(tmp_path, text)
    for name in ("a", "b"):
        with pytest.raises(ConfigError, match=rf"by hand: {name} 0\.7"):
            write_thresholds(path, config, {name: 0.7})
    assert path.read_bytes() == text.encode()


def test_a_merged_value_is_left_alone(tmp_path: Path) -> None:
    text = (
        "version: 1\nrubric:\n"
        "  - {<<: {metric: macro_f1, at_least: 0.8}, id: a, title: A, points: 1}\n"
    )
    path, config = rules(tmp_path, text)
    with pytest.raises(ConfigError, match=r"by hand: a 0\.7"):
        write_thresholds(path, config, {"a": 0.7})
    assert path.read_bytes() == text.encode()


def test_a_value_that_breaks_the_rules_is_not_written(tmp_path: Path) -> None:
    path, config = rules(tmp_path, ODD)
    with pytest.raises(ConfigError, match="by hand"):
        write_thresholds(path, config, {"f1": 0.5})
    assert path.read_bytes() == ODD.encode()


def test_rules_that_were_changed_meanwhile_are_left_alone(tmp_path: Path) -> None:
    path, config = rules(tmp_path, ODD)
    other = ODD.replace(".85", ".86").encode()
    path.write_bytes(other)
    with pytest.raises(ConfigError, match="has changed"):
        write_thresholds(path, config, {"f1": 0.9})
    assert path.read_bytes() == other


def test_a_link_to_the_rules_stays_one(tmp_path: Path) -> None:
    path, config = rules(tmp_path, ODD)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    write_thresholds(link, config, {"f1": 0.9})
    assert link.is_symlink()
    assert b"full_at: 0.9}" in path.read_bytes()
