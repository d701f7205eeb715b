"""`autograder release`: the handout, packed once nothing speaks against handing it out."""

from __future__ import annotations

import os
import re
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal

from autograder.commands.opening import open_sealed
from autograder.config_file import load_config
from autograder.handout import (
    RULES,
    find_problems,
    handout_files,
    holds_public_images,
    pack,
)
from autograder.holdout_seed import holdout_seed
from autograder.reports.files import write_whole
from autograder.view import plain


def release(folder: Path, out: Path, console: Console) -> int:
    """Check and pack; return 0, or 1 if something speaks against it.

    Raises:
        UserError: There is no assignment in the folder, or its data cannot be read.
    """
    config = load_config(folder / RULES)
    files = handout_files(folder, config)
    files.pop(_inside(out, folder), None)  # an earlier handout
    seed = holdout_seed(os.environ)
    holdout, _ = open_sealed(config, console)
    secrets = [] if seed.is_default else [seed.value]
    problems = find_problems(folder, config, files, holdout, secrets)
    for problem in problems:
        console.print(plain(f" ✗ {problem.file} {problem.message}"), style="red", soft_wrap=True)
        console.print(plain(f"   {problem.hint}"), soft_wrap=True)
    if problems:
        console.print("Nothing was written.", style="bold red")
        return 1
    name = re.sub(r"[^\w-]+", "-", config.assignment.name.casefold()).strip("-") or "assignment"
    content = pack(files, name)
    write_whole(out, content)
    for file in files:
        console.print(plain(f" ✓ {file}"), highlight=False)
    console.print(
        plain(
            f"{out}: {len(files)} files, {decimal(len(content))}; no solution, no secret, no image "
            "of the holdout, template and solutions agree"
        ),
        soft_wrap=True,
    )
    if config.dataset.path and not holds_public_images(folder, config):
        console.print(
            plain(
                "The images are not in it: they lie elsewhere, or together with those of the "
                "holdout. Hand out what `autograder data import` writes, without its holdout/."
            ),
            style="yellow",
        )
    return 0


def _inside(path: Path, folder: Path) -> str:
    """Return a path as named in the handout; empty if it is elsewhere."""
    place, root = path.resolve(), folder.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else ""
