"""`autograder data`: what the data set is, and a copy of it to look at."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder.commands.opening import open_data, open_sealed
from autograder.config_file import load_config
from autograder.data_cache import save_npz, verify
from autograder.errors import DatasetError, UserError
from autograder.holdout_seed import holdout_seed
from autograder.view import plain


def info(config_path: Path, console: Console) -> int:
    """Print the splits, their sizes and checksums, once they are found to be as they were built.

    Raises:
        DatasetError: A file has changed since.
    """
    config = load_config(config_path)
    dataset = open_data(config, console)
    holdout, is_default = open_sealed(config, console)
    table = Table(title=f"{dataset.kind}, {dataset.num_classes} classes", title_justify="left")
    table.add_column("split")
    table.add_column("images", justify="right")
    table.add_column("tracks", justify="right")
    table.add_column("SHA-256", overflow="fold")
    splits = {"train": dataset.train, "validation": dataset.validation, "holdout": holdout}
    for name, split in splits.items():
        if not verify(split):
            raise DatasetError(
                f"{split.images.parent}: the {name} split is not as it was built; delete that "
                "folder, and it is built again"
            )
        tracks = len(np.unique(np.load(split.tracks)))
        table.add_row(name, str(split.count), str(tracks), split.sha256)
    console.print(table)
    size = dataset.image_size
    console.print(plain(f"images: {size}x{size} RGB, uint8; cache: {dataset.train.images.parent}"))
    if dataset.kind == "roadsigns":
        secret = "the public try-out seed" if is_default else "your secret seed"
        console.print(f"The holdout comes from {secret}.")
    return 0


def export(split_name: str, out: Path, config_path: Path, console: Console) -> int:
    """Write one split as .npz.

    Raises:
        UserError: The holdout was asked for without the secret that it comes from.
    """
    config = load_config(config_path)
    dataset = open_data(config, console)
    if split_name == "holdout":
        if config.dataset.kind == "roadsigns" and holdout_seed(os.environ).is_default:
            raise UserError(
                "the holdout is only for whoever holds its secret: set AUTOGRADER_HOLDOUT_SEED"
            )
        split, _ = open_sealed(config, console)
    else:
        split = dataset.train if split_name == "train" else dataset.validation
    save_npz(split, out, dataset.class_names)
    console.print(plain(f"{out}: {split.count} images; arrays images, labels, tracks, class_names"))
    return 0
