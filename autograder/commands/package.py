"""`autograder package`: what takes grading to another machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.ci.gradescope import Visibility
from autograder.config_file import load_config
from autograder.errors import UserError
from autograder.holdout_seed import holdout_seed
from autograder.packaging.github import github_files
from autograder.packaging.gradescope import gradescope_zip
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


@dataclass(frozen=True)
class GradescopeOptions:
    """What was typed.

    Attributes:
        out: Archive to write.
        config: grading.yaml.
        show: When students see their points.
        try_out: Pack the seed that everybody knows.
    """

    out: Path
    config: Path
    show: Visibility
    try_out: bool


def package_gradescope(options: GradescopeOptions, console: Console) -> int:
    """Write Gradescope's archive, for your eyes alone.

    Raises:
        UserError: There is no secret, or the rules name what cannot be taken along.
    """
    config = load_config(options.config)
    seed = holdout_seed(os.environ)
    if seed.is_default and config.dataset.hangs_on_secret and not options.try_out:
        raise UserError(
            "no secret for the holdout: set AUTOGRADER_HOLDOUT_SEED, or say --try-out to pack the "
            "seed that everybody knows"
        )
    content = gradescope_zip(config, options.config, seed, show=options.show, name=options.out.name)
    _write_secret(options.out, content)
    console.print(
        plain(f"{options.out}: {len(content) / 1e6:.1f} MB; keep it as you keep solutions")
    )
    console.print("README.md in it says what to choose in Gradescope.")
    return 0


def _write_secret(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, in place of any earlier one."""
    try:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123
            file.write(content)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error


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
