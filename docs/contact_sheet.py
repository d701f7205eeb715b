"""Writes docs/images/contact-sheet.png: every class as it is drawn, and as it is photographed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.classes import CLASSES, SignClass
from autograder.roadsigns.conditions import COURSE
from autograder.roadsigns.drawing import AS_DRAWN, designs, draw
from autograder.roadsigns.simulator import film

Image = NDArray[np.uint8]

OUT = Path(__file__).parent / "images" / "contact-sheet.png"
COLUMNS, PHOTOS = 4, 4
DRAWING, PHOTO, GAP, LABEL = 44, 36, 3, 14
WIDTH = GAP + 2 * (DRAWING + GAP) + PHOTOS * (PHOTO + GAP) + 2 * GAP
HEIGHT = LABEL + DRAWING + 2 * GAP
PAPER = 236


def cell(sign: SignClass) -> Image:
    """Return one class: its name, its one or two drawings, photographs of different tracks."""
    image = np.full((HEIGHT, WIDTH, 3), PAPER, np.uint8)
    style = (cv2.FONT_HERSHEY_SIMPLEX, 0.34, (40, 40, 40), 1, cv2.LINE_AA)
    cv2.putText(image, f"{sign.id:02d}  {sign.name}", (GAP, LABEL - 3), *style)
    x = GAP
    for design in designs(sign.id):
        rgba = draw(design, AS_DRAWN, DRAWING)
        alpha = rgba[..., 3:] / 255
        flat = rgba[..., :3] * alpha + PAPER * (1 - alpha)
        image[LABEL : LABEL + DRAWING, x : x + DRAWING] = np.round(flat)
        x += DRAWING + GAP
    x, top = WIDTH - PHOTOS * (PHOTO + GAP) - GAP, LABEL + (DRAWING - PHOTO) // 2
    for seed in range(PHOTOS):
        frame = film(sign.id, 2, PHOTO, COURSE, np.random.default_rng([2027, sign.id, seed]))[-1]
        image[top : top + PHOTO, x : x + PHOTO] = frame
        x += PHOTO + GAP
    return image


def main() -> None:
    """Write the sheet."""
    cells = [cell(sign) for sign in CLASSES]
    cells += [np.full_like(cells[0], PAPER)] * (-len(cells) % COLUMNS)
    rows = [np.concatenate(cells[i : i + COLUMNS], 1) for i in range(0, len(cells), COLUMNS)]
    sheet = cv2.cvtColor(np.concatenate(rows), cv2.COLOR_RGB2BGR)
    OUT.parent.mkdir(exist_ok=True)
    assert cv2.imwrite(str(OUT), sheet, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(f"{OUT.name}: {OUT.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
