"""`autograder package`: what takes grading to another machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from autograder.config_file import load_config
from autograder.errors import UserError
from autograder.packaging.github import github_files
from autograder.view import plain


def package_github(out: Path, config_path: Path, console: Console) -> int:
    """Write workflows, and all that they need, into a new folder.

    Raises:
        UserError: The folder is in use, or the rules name what cannot be taken along.
    """
    files = github_files(load_config(config_path), config_path)
    _write(out, files)
    console.print(plain(f"{len(files)} files in {out}; go on with {out / 'README.md'}"))
    return 0


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    try:
        if out.exists() and any(out.iterdir()):
            raise UserError(f"{out}: is not empty; choose a new folder")
        for name, content in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise UserError(f"{out}: cannot be written: {error.strerror or error}") from error
