"""Reads grading.yaml; every mistake in it is told with its file, its line and its key."""

from __future__ import annotations

import reprlib
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from autograder.config import Config
from autograder.errors import ConfigError

_LONGEST_FILE = 200_000  # characters; YAML takes seconds for a million
_LONGEST_NUMBER = 18


def load_config(path: Path) -> Config:
    """Read and check a `grading.yaml`.

    Raises:
        ConfigError: It is missing, no YAML, or breaks the schema; says where and what to do.
    """
    return parse_config(read_rules(path), path)


def read_rules(path: Path) -> str:
    """Return the text of a `grading.yaml`, with the ends of lines that it has.

    Raises:
        ConfigError: It is missing or unreadable.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ConfigError("no such file; say which with --config FILE", path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", path) from error


def parse_config(text: str, path: Path) -> Config:
    """Check the text of a `grading.yaml`.

    Args:
        text: What stands in it, or is to stand in it.
        path: Named in errors; the data set's path is relative to its folder.

    Raises:
        ConfigError: It breaks the schema; says where and what to do.
    """
    if len(text) > _LONGEST_FILE:
        raise ConfigError("far too long for rules; is this the right file?", path)
    root, data = _parse(text, path)
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise _explain(error, root, path) from error
    return _with_absolute_paths(config, path)


def _parse(text: str, path: Path) -> tuple[yaml.Node, dict[Any, Any]]:
    """Return the YAML twice: as nodes, which know their lines, and as data."""
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        data = loader.construct_document(root) if root else None
        if root is None or not isinstance(data, dict):
            raise ConfigError("expected keys and values, such as `version: 1`", path, 1)
        _refuse_oddities(root, path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"not valid YAML: {problem}", path, line) from error
    except (ValueError, RecursionError) as error:  # such as a 13th month, or a list in itself
        raise ConfigError(f"not usable YAML: {error}", path) from error
    except (AttributeError, LookupError, TypeError) as error:  # PyYAML's, for such as `!!int x`
        raise ConfigError("not usable YAML: a tag (!!) does not fit its value", path) from error
    return root, data


def _with_absolute_paths(config: Config, path: Path) -> Config:
    """Resolve the data set's path against the folder of the file that named it."""
    if config.dataset.path is None:
        return config
    try:
        absolute = (path.parent / config.dataset.path.expanduser()).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # such as the home of nobody
        raise ConfigError(f"not usable: {error}", path, key="dataset.path") from error
    dataset = config.dataset.model_copy(update={"path": absolute})
    return config.model_copy(update={"dataset": dataset})


def _refuse_oddities(root: yaml.Node, path: Path) -> None:
    """Raise on what YAML lets pass: keys given twice (it keeps the last) and odd values."""
    waiting, seen = [root], {id(root)}
    while waiting:  # every node once: by its aliases, YAML can repeat one without end
        node = waiting.pop()
        children: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            children = node.value
        elif isinstance(node, yaml.MappingNode):
            _refuse_repeated_keys(node, path)
            children = [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.ScalarNode):
            _refuse_odd_value(node, path)
        waiting += [child for child in children if id(child) not in seen]
        seen.update(map(id, children))


def _refuse_repeated_keys(node: yaml.MappingNode, path: Path) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            line = key.start_mark.line + 1
            raise ConfigError("given twice; keep one of them", path, line, key.value)
        seen.add(key.value)


def _refuse_odd_value(node: yaml.ScalarNode, path: Path) -> None:
    line = node.start_mark.line + 1
    if any("\ud800" <= char <= "\udfff" for char in node.value):
        raise ConfigError("half a character (a surrogate) in a text", path, line)
    if node.tag == "tag:yaml.org,2002:int" and len(node.value) > _LONGEST_NUMBER:
        raise ConfigError(f"a number of more than {_LONGEST_NUMBER} characters", path, line)


def _explain(error: ValidationError, root: yaml.Node, path: Path) -> ConfigError:
    """Turn pydantic's first complaint into one with a line and a key."""
    # A misspelt key is also a missing one; the misspelling is what helps.
    errors = error.errors(include_url=False)
    first = min(errors, key=lambda found: found["type"] != "extra_forbidden")
    # Discriminated unions add their tag to the path; it is no key of the file.
    tags = {"scaled", "threshold", "rules", "check"}
    loc = first["loc"]
    keys = [
        part
        for i, part in enumerate(loc)
        if not (i and part in tags and isinstance(loc[i - 1], int))
    ]
    node, line = root, root.start_mark.line + 1
    for key in keys:
        child, child_line = _child(node, key)
        if child is None:
            break
        node, line = child, child_line
    dotted = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = "unknown key; check its spelling and where it stands"
    elif first["type"] == "missing":
        message = "missing; it has no default"
    elif first["type"] != "value_error":
        message = f"{message}, got {reprlib.repr(first['input'])}"
    return ConfigError(message, path, line, dotted.lstrip(".") or None)


def _child(node: yaml.Node, key: str | int) -> tuple[yaml.Node | None, int]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value, name.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key].start_mark.line + 1
    return None, 0
