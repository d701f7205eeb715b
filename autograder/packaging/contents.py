"""The files of an assignment that grading it needs, and texts with our version in them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder import __version__
from autograder.calibration_file import FILE_NAME as CALIBRATION_FILE
from autograder.config import Config
from autograder.errors import UserError
from autograder.rubric import CheckCriterion

RULES = "grading.yaml"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_TEMPLATES = Path(__file__).parent / "templates"
_PLACEHOLDER = re.compile(r"@([a-z_]+)@")


def template(name: str, values: Mapping[str, str]) -> bytes:
    """Return a template with every ``@placeholder@`` filled in."""
    filled = {"version": __version__, "python": PYTHON} | dict(values)
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    return _PLACEHOLDER.sub(lambda found: filled[found[1]], text).encode()


def assignment_files(config: Config, config_path: Path) -> dict[str, bytes]:
    """Return rules, calibration, handout and the instructor's checks, by their relative paths.

    Raises:
        UserError: A check lies outside of the folder of the rules, or cannot be read.
    """
    root = config_path.resolve().parent
    files = {RULES: _read(config_path)} | handout_files(config_path)
    for path in (root / CALIBRATION_FILE, *_checks(config, root)):
        if path.is_file():
            files[_inside(path, root)] = _read(path)
    return files


def handout_files(config_path: Path) -> dict[str, bytes]:
    """Return what students are given to start from; without anything hidden or cached."""
    root = config_path.resolve().parent
    return {
        _inside(path, root): _read(path)
        for path in sorted((root / "assignment").glob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    }


def _checks(config: Config, root: Path) -> Iterator[Path]:
    """Yield the check files of the rubric and the Python beside them, which they may import."""
    for item in config.rubric:
        if isinstance(item, CheckCriterion):
            named = root / item.check.partition("::")[0]
            if not named.is_file():
                raise UserError(f"{named}: no such file; the rubric names it as a check")
            yield from sorted({named, *named.parent.glob("*.py")})


def _inside(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root).as_posix()
    except ValueError:
        raise UserError(f"{path}: lies outside of {root}, so it cannot be taken along") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
