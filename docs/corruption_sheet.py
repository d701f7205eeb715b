"""Writes docs/images/corruptions.png: each corruption at each severity, on two signs."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.config import DatasetConfig
from autograder.corruptions import CORRUPTIONS
from autograder.datasets import open_dataset

Image = NDArray[np.uint8]

OUT = Path(__file__).parent / "images" / "corruptions.png"
SIGNS = ((1, 0), (25, 0))  # class id, and which of its validation images
SHOWN, GAP, LABEL = 64, 4, 110
SEVERITIES = (1, 2, 3, 4, 5)
PAPER = 236


def row(name: str, photos: list[Image]) -> Image:
    """Return one corruption: its name, then each sign as it was and at every severity."""
    columns = len(photos) * (1 + len(SEVERITIES))
    width = LABEL + columns * (SHOWN + GAP) + GAP * len(photos)
    image = np.full((SHOWN + GAP, width, 3), PAPER, np.uint8)
    style = (cv2.FONT_HERSHEY_SIMPLEX, 0.42, (40, 40, 40), 1, cv2.LINE_AA)
    cv2.putText(image, name.replace("_", " "), (GAP, SHOWN // 2 + 4), *style)
    x = LABEL
    for photo in photos:
        spoiled = [photo]
        for severity in SEVERITIES:
            rng = np.random.default_rng(severity)
            spoiled.append(CORRUPTIONS[name](photo, severity, rng))  # type: ignore[index]
        for one in spoiled:
            large = cv2.resize(one, (SHOWN, SHOWN), interpolation=cv2.INTER_NEAREST)
            image[:SHOWN, x : x + SHOWN] = large
            x += SHOWN + GAP
        x += GAP
    return image


def main() -> None:
    """Write the sheet."""
    with TemporaryDirectory() as cache:
        split = open_dataset(
            DatasetConfig(train_images=43, validation_images=86), Path(cache)
        ).validation
        images, labels = np.load(split.images), np.load(split.labels)
    photos = [images[labels == class_id][number] for class_id, number in SIGNS]
    sheet = np.concatenate([row(name, photos) for name in CORRUPTIONS])
    # 32 steps of each colour halve the file; noise costs most of it.
    sheet = np.asarray(sheet | 7, np.uint8)
    OUT.parent.mkdir(exist_ok=True)
    settings = [cv2.IMWRITE_PNG_COMPRESSION, 9]
    assert cv2.imwrite(str(OUT), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), settings)
    print(f"{OUT.name}: {OUT.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
