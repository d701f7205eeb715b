"""An imported data set: a folder that can be moved and copied, with all that grading needs.

::

    <folder>/    dataset.json    what it is
                 public/         train and validation, as in data_cache.py
                 holdout/        sealed; missing in what students get, or where there is none
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.data_cache import Arrays, Split, read_splits, write_splits
from autograder.errors import DatasetError

_ABOUT, _PUBLIC, _HOLDOUT = "dataset.json", "public", "holdout"


class About(BaseModel):
    """What an imported data set is.

    Attributes:
        version: Of this format.
        layout: How the images lay in their source, in words.
        class_names: Indexed by class id.
        image_size: Height and width in pixels.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(default=1, ge=1, le=1)
    layout: str
    class_names: tuple[str, ...] = Field(min_length=2)
    image_size: int


def refuse_existing(folder: Path) -> None:
    """Make sure that nothing will be written over.

    Raises:
        DatasetError: There is something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(f"{folder}: there already; delete it, or import to another --out")


def write_imported(folder: Path, about: About, splits: Mapping[str, Arrays]) -> None:
    """Write a data set in one step: it is there whole, or not at all.

    Args:
        folder: Not there yet, or empty.
        about: What it is.
        splits: train, validation and holdout; a holdout without images is left out.

    Raises:
        DatasetError: It cannot be written.
    """
    building = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".importing-", dir=folder.parent))
        building.chmod(0o755)
        public = {name: splits[name] for name in ("train", "validation")}
        write_splits(building / _PUBLIC, public, sealed=False)
        if len(splits["holdout"].labels):
            write_splits(building / _HOLDOUT, {"holdout": splits["holdout"]}, sealed=True)
        text = about.model_dump_json(indent=2)
        (building / _ABOUT).write_text(f"{text}\n", encoding="utf-8")
        building.replace(folder)
    except OSError as error:
        raise DatasetError(f"{folder}: cannot be written: {error.strerror or error}") from error
    finally:
        if building:
            shutil.rmtree(building, ignore_errors=True)


def is_imported(folder: Path) -> bool:
    """Whether a folder looks like one that `write_imported` wrote."""
    return (folder / _ABOUT).is_file()


def about_any(folder: Path) -> About:
    """Return what a data set is, of whatever size its images are.

    Raises:
        DatasetError: It is none.
    """
    try:
        return About.model_validate_json((folder / _ABOUT).read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetError(
            f"{folder}: no imported data set ({_ABOUT} is missing or damaged); "
            "`autograder data import` writes one"
        ) from error


def read_about(folder: Path, image_size: int) -> About:
    """Return what a data set is.

    Raises:
        DatasetError: It is none, or has images of another size.
    """
    about = about_any(folder)
    if about.image_size != image_size:
        raise DatasetError(
            f"{folder}: was imported with images of {about.image_size} pixels: write image_size: "
            f"{about.image_size}, or import again with --size {image_size}"
        )
    return about


def public_splits(folder: Path) -> dict[str, Split]:
    """Return train and validation.

    Raises:
        DatasetError: They are not as they were written.
    """
    found = read_splits(folder / _PUBLIC, ("train", "validation"), sealed=False)
    if found is None:
        raise DatasetError(f"{folder / _PUBLIC}: missing or damaged; copy or import it again")
    return found


def sealed_split(folder: Path) -> Split:
    """Return the holdout.

    Raises:
        DatasetError: There is none, or it is not as it was written.
    """
    if not (folder / _HOLDOUT).is_dir():
        raise DatasetError(
            f"{folder}: has no holdout, as what students get has none; grade where the data was "
            "imported, or import a source that has one"
        )
    found = read_splits(folder / _HOLDOUT, ("holdout",), sealed=True)
    if found is None:
        raise DatasetError(f"{folder / _HOLDOUT}: damaged, or not yours; import it again")
    return found["holdout"]
