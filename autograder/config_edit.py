"""Changes thresholds in grading.yaml and not one character besides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from autograder.config import Config
from autograder.config_file import parse_config, read_rules
from autograder.errors import ConfigError
from autograder.reports.files import write_whole
from autograder.rubric import MetricCriterion


def write_thresholds(path: Path, config: Config, thresholds: Mapping[str, float]) -> Config:
    """Give criteria other thresholds, in place; comments and layout stay as they are.

    Args:
        path: grading.yaml.
        config: What was read from it, a while ago.
        thresholds: New values of `full_at` or `at_least`, by the criterion's id.

    Returns:
        The rules as they are now.

    Raises:
        ConfigError: The file has changed since it was read, or is written in a way that lets no
            single value be changed; it is left as it was.
        ResultsError: It cannot be written.
    """
    text = read_rules(path)
    if parse_config(text, path) != config:
        raise ConfigError("has changed while it was in use; start again", path)
    now = {item.id: item.threshold for item in config.rubric if isinstance(item, MetricCriterion)}
    thresholds = {name: value for name, value in thresholds.items() if value != now[name]}
    wanted = _with(config, thresholds)
    # Anchors and merges of YAML could make more of a change than was meant, or less.
    try:
        changed = _edited(text, config, thresholds)
        as_wanted = parse_config(changed, path) == wanted
    except (ConfigError, LookupError):
        as_wanted = False
    if not as_wanted:
        news = ", ".join(f"{key} {value:g}" for key, value in thresholds.items())
        raise ConfigError(f"its YAML is too intricate to change; do it by hand: {news}", path)
    write_whole(path.resolve(), changed.encode())
    return wanted


def _with(config: Config, thresholds: Mapping[str, float]) -> Config:
    rubric = tuple(
        criterion.model_copy(update={criterion.threshold_key: thresholds[criterion.id]})
        if isinstance(criterion, MetricCriterion) and criterion.id in thresholds
        else criterion
        for criterion in config.rubric
    )
    return config.model_copy(update={"rubric": rubric})


def _edited(text: str, config: Config, thresholds: Mapping[str, float]) -> str:
    """Replace the characters of each value, from the last to the first."""
    places = []
    root = yaml.compose(text, yaml.SafeLoader)
    assert root is not None
    rubric = _child(root, "rubric")
    for criterion, node in zip(config.rubric, rubric.value, strict=True):
        if isinstance(criterion, MetricCriterion) and criterion.id in thresholds:
            value = _child(node, criterion.threshold_key)
            places.append((value.start_mark.index, value.end_mark.index, thresholds[criterion.id]))
    for start, end, threshold in sorted(places, reverse=True):
        text = f"{text[:start]}{threshold!r}{text[end:]}"
    return text


def _child(node: yaml.Node, key: str) -> yaml.Node:
    for name, value in node.value:
        if name.value == key:
            assert isinstance(value, yaml.Node)
            return value
    raise LookupError(key)
