"""`autograder data`: what the data set is, and a copy of it to look at."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from autograder.commands.opening import check_whole, open_data, open_sealed
from autograder.config_file import load_config
from autograder.data_cache import save_npz
from autograder.data_summary import contents, find_near_duplicates
from autograder.data_view import show_contents, show_near_duplicates
from autograder.errors import UserError
from autograder.holdout_seed import holdout_seed
from autograder.view import Bar, plain


def info(config_path: Path, console: Console) -> int:
    """Print the splits, their balance and near-duplicates, once they are found to be as built.

    Raises:
        DatasetError: A file has changed since.
    """
    config = load_config(config_path)
    dataset = open_data(config, console)
    holdout, is_default = open_sealed(config, console)
    splits = {"train": dataset.train, "validation": dataset.validation, "holdout": holdout}
    check_whole(splits)
    held = {name: contents(split, dataset.num_classes) for name, split in splits.items()}
    show_contents(console, dataset, held)
    with Bar(console, announce=False) as bar:
        found = find_near_duplicates(splits, bar)
    show_near_duplicates(console, found, dataset.class_names)
    for name, split in splits.items():
        console.print(plain(f"{name} SHA-256 {split.sha256}"), highlight=False, soft_wrap=True)
    console.print(plain(f"cache: {dataset.train.images.parent}"), soft_wrap=True)
    if config.dataset.hangs_on_secret:
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
        if config.dataset.hangs_on_secret and holdout_seed(os.environ).is_default:
            raise UserError(
                "the holdout is only for whoever holds its secret: set AUTOGRADER_HOLDOUT_SEED"
            )
        split, _ = open_sealed(config, console)
    else:
        split = dataset.train if split_name == "train" else dataset.validation
    save_npz(split, out, dataset.class_names)
    console.print(plain(f"{out}: {split.count} images; arrays images, labels, tracks, class_names"))
    return 0
