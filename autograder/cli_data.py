"""The verbs about images: `autograder data …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autograder.cli_options import config_option, console


@click.group()
def data() -> None:
    """Look at the images, or bring your own."""


@data.command("info")
@config_option
def data_info(config_path: Path) -> int:
    """Print the splits, their sizes and checksums."""
    from autograder.commands.data import info

    return info(config_path, console())


@data.command("fetch")
@click.argument("what", type=click.Choice(["gtsrb"]))
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), default=Path("data/gtsrb"),
    show_default=True, help="Folder to put the archives into.",
)  # fmt: skip
@click.option("--from", "url", help="Another address of the folder that they are in.")
def data_fetch(what: str, folder: Path, url: str | None) -> int:  # noqa: ARG001 - there is one
    """Download photographs, 365 MB for gtsrb; run it again to go on where it stopped."""
    from autograder.commands.data_fetch import fetch_gtsrb
    from autograder.downloads import GTSRB_URL

    return fetch_gtsrb(folder, url or GTSRB_URL, console())


@data.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", "--into", type=click.Path(path_type=Path), required=True,
    help="Folder to write: not there yet, or empty.",
)  # fmt: skip
@click.option(
    "--size", type=click.IntRange(16, 256), default=32, show_default=True,
    help="Height and width in pixels.",
)  # fmt: skip
@click.option(
    "--validation-share", type=click.FloatRange(0, 0.45, min_open=True), default=0.2,
    show_default=True, help="Part of each class for validation, where nothing says which.",
)  # fmt: skip
@click.option(
    "--holdout-share", type=click.FloatRange(0, 0.45, min_open=True), default=0.2,
    show_default=True, help="The same for the holdout; your secret decides which.",
)  # fmt: skip
@click.option("--skip-damaged", is_flag=True, help="Leave out what is missing or damaged.")
def data_import(**options: Any) -> int:
    """Read images from PATHS (folders, .zip archives); write them as one data set.

    GTSRB as published, as on Kaggle or as in the course; or a folder for each class.
    """
    from autograder.commands.data_import import ImportOptions, import_data
    from autograder.data_sources import Shares

    shares = Shares(options.pop("validation_share"), options.pop("holdout_share"))
    return import_data(ImportOptions(shares=shares, **options), console())


@data.command("export")
@click.option("--split", type=click.Choice(["train", "validation", "holdout"]), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="An .npz file.")
@config_option
def data_export(split: str, out: Path, config_path: Path) -> int:
    """Write one split as .npz; the holdout only with its secret seed set."""
    from autograder.commands.data import export

    return export(split, out, config_path, console())
