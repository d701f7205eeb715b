"""`autograder init`: a new assignment for a data set."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.commands.opening import open_data
from autograder.config import Config, DatasetConfig
from autograder.datasets import Dataset
from autograder.errors import UserError
from autograder.imported import about_any, is_imported
from autograder.reports.files import write_whole
from autograder.starting.files import NewAssignment, files_of
from autograder.view import plain

_ANY_RUBRIC = [{"id": "any", "title": "Any", "points": 1, "rules": ["parameter-limit"]}]


@dataclass(frozen=True)
class InitOptions:
    """What was typed.

    Attributes:
        folder: Where the assignment is to be; not there yet, or empty.
        name: Of the assignment.
        data: Folder of images; None for the rendered road signs.
        size: Height and width of images in pixels; None for what fits the data.
    """

    folder: Path
    name: str
    data: Path | None
    size: int | None


def init(options: InitOptions, console: Console) -> int:
    """Write a new assignment; return 0.

    Raises:
        UserError: The folder holds something already, or the data cannot be used.
    """
    folder = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is not empty; name a folder that is not there yet")
    dataset = _dataset_config(options)
    config = Config.model_validate({"version": 1, "rubric": _ANY_RUBRIC})
    data = open_data(config.model_copy(update={"dataset": dataset}), console)
    files = files_of(_new(options, dataset, data))
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
        console.print(plain(f" ✓ {path}"), highlight=False, soft_wrap=True)
    console.print(
        plain(
            f"{len(data.class_names)} classes, {data.train.count} training and "
            f"{data.validation.count} validation images of {data.image_size}x{data.image_size}\n"
            f"next: {folder / 'README.md'}"
        ),
        soft_wrap=True,
    )
    return 0


def _dataset_config(options: InitOptions) -> DatasetConfig:
    size = {} if options.size is None else {"image_size": options.size}
    if options.data is None:
        return DatasetConfig.model_validate({"kind": "roadsigns", **size})
    if not options.data.is_dir():
        raise UserError(f"{options.data}: no such folder; it holds a folder for each class")
    path = options.data.resolve()
    if not is_imported(path):
        return DatasetConfig.model_validate({"kind": "folder", "path": path, **size})
    known = {"image_size": about_any(path).image_size}
    return DatasetConfig.model_validate({"kind": "imported", "path": path, **known, **size})


def _new(options: InitOptions, dataset: DatasetConfig, data: Dataset) -> NewAssignment:
    path = ""
    if options.data is not None:
        path = Path(os.path.relpath(options.data.resolve(), options.folder.resolve())).as_posix()
    return NewAssignment(
        name=options.name,
        kind=dataset.kind,
        path=path,
        image_size=dataset.image_size,
        class_names=data.class_names,
        train=data.train.count,
        validation=data.validation.count,
    )
