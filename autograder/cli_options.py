"""What several verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class _Group(click.Group):
    """Shows the verbs in the order they were written."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


def nearest_rules() -> Path:
    """Return grading.yaml here or in the nearest folder above."""
    here = Path.cwd()
    name = "grading.yaml"
    found = (folder / name for folder in (here, *here.parents) if (folder / name).is_file())
    return next(found, Path(name))


config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=nearest_rules,
    help="The rules.  [default: grading.yaml, here or in the nearest folder above]",
)
path_argument = click.argument(
    "path", type=click.Path(path_type=Path), default=Path("assignment"), required=False
)


def console() -> Any:
    """Return where to print."""
    from rich.console import Console

    return Console()
