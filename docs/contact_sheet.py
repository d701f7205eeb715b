"""Writes the contact sheets of docs/road-signs.md: signs, weather, tracks, course beside road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.bank import Bank
from autograder.roadsigns.classes import CLASSES, SignClass
from autograder.roadsigns.conditions import COURSE, ROAD, Conditions
from autograder.roadsigns.distributions import Dice, Uniform
from autograder.roadsigns.drawing import AS_DRAWN, designs, draw
from autograder.roadsigns.simulator import film, sign_pixels
from autograder.roadsigns.streaming import stream

Image = NDArray[np.uint8]

OUT = Path(__file__).parent / "images"
GAP, LABEL, PAPER = 3, 14, 236
STYLE = (cv2.FONT_HERSHEY_SIMPLEX, 0.34, (40, 40, 40), 1, cv2.LINE_AA)
SIGNS, COLUMNS, DESIGNS, DRAWING, PHOTO = 8, 4, 4, 36, 40


def photos(class_id: int, conditions: Conditions, seed: list[int], frames: int = 1) -> Image:
    """Return one track, shape (frames, 40, 40, 3)."""
    pixels, made = sign_pixels(PHOTO), conditions.manufacture
    bank = Bank("contact sheet", str(seed), pixels=pixels, kept=None, made=made)
    return film(class_id, frames, PHOTO, conditions, bank, Dice(np.random.default_rng(seed)))


def strip(images: list[Image], label: str, side: int = 0) -> Image:
    """Return images in a row, below or, from `side` pixels on, beside their label."""
    top, left = (0, side) if side else (LABEL, GAP)
    height, width = images[0].shape[:2]
    row = np.full((top + height + GAP, left + len(images) * (width + GAP), 3), PAPER, np.uint8)
    place = (GAP, height // 2 + 4) if side else (GAP, LABEL - 4)
    cv2.putText(row, label, place, *STYLE)
    for index, image in enumerate(images):
        x = left + index * (width + GAP)
        row[top : top + height, x : x + width] = image
    return row


def drawn(sign: SignClass) -> list[Image]:
    """Return the designs of a class on paper, and paper where there are fewer than four."""
    images = [np.full((PHOTO, DRAWING, 3), PAPER, np.uint8) for _ in range(DESIGNS)]
    for image, design in zip(images, designs(sign.id), strict=False):
        rgba = draw(design, AS_DRAWN, DRAWING)
        alpha = rgba[..., 3:] / 255
        top = (PHOTO - DRAWING) // 2
        image[top : top + DRAWING] = np.round(rgba[..., :3] * alpha + PAPER * (1 - alpha))
    return images


def sign_sheet() -> Image:
    """Return every class: its name, its designs, one photograph on the course, one on the road."""
    cells = []
    for sign in CLASSES:
        taken = [photos(sign.id, which, [2027, sign.id])[0] for which in (COURSE, ROAD)]
        designs_of = strip(drawn(sign), f"{sign.id:02d}  {sign.name}")
        cells.append(np.concatenate([designs_of, strip(taken, "")], axis=1))
    cells += [np.full_like(cells[0], PAPER)] * (-len(cells) % COLUMNS)
    rows = [np.concatenate(cells[i : i + COLUMNS], 1) for i in range(0, len(cells), COLUMNS)]
    return np.concatenate(rows)


def calm(conditions: Conditions) -> Conditions:
    """Return conditions under which nothing that has a chance happens."""
    return edited(conditions, lambda name, value: 0.0 if name.endswith("_chance") else value)


def edited(part: Any, change: Callable[[str, Any], Any]) -> Any:
    """Return a dataclass with each value, its own parts' too, replaced by `change(name, value)`."""
    values = {item.name: getattr(part, item.name) for item in fields(part)}
    return replace(part, **{
        name: edited(value, change) if _is_part(value) else change(name, value)
        for name, value in values.items()
    })  # fmt: skip


def _is_part(value: Any) -> bool:
    return is_dataclass(value) and not hasattr(value, "draw")


# What is shown, the chance that makes it happen, and what else makes it plain to see.
EFFECTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("nothing of what follows", {}),
    ("faded", {"fading": Uniform(0.35, 0.6)}),
    ("dirt", {"dirt_chance": 1.0, "dirt": Uniform(0.5, 0.8)}),
    ("scratches", {"scratches_chance": 1.0, "scratches": Uniform(4, 6)}),
    ("stickers", {"sticker_chance": 1.0}),
    ("graffiti", {"graffiti_chance": 1.0}),
    ("snow on the sign", {"snow_chance": 1.0}),
    ("pole, plates", {"pole_chance": 1.0, "board_chance": 0.5, "caption_chance": 0.7}),
    ("neighbouring sign", {"neighbour_chance": 1.0}),
    ("twigs, leaves", {"twig_chance": 1.0, "leaves_chance": 1.0}),
    ("shadow of an edge", {"shadow_edge_chance": 1.0}),
    ("shadow of leaves", {"shadow_dapple_chance": 1.0}),
    ("mirrored sun", {"glare_chance": 1.0}),
    ("backlight", {"backlight": Uniform(8, 12), "exposure": Uniform(0.25, 0.4)}),
    ("haze", {"haze_chance": 1.0, "haze": Uniform(0.25, 0.4)}),
    ("fog", {"fog_chance": 1.0}),
    ("night, headlights", {"night_chance": 1.0}),
    ("rain", {"rain_chance": 1.0}),
    ("snowfall", {"snowfall_chance": 1.0}),
    ("out of focus", {"blur": Uniform(1.6, 2.3)}),
    ("motion", {"motion_chance": 1.0, "motion": Uniform(5, 7)}),
    ("few camera pixels", {"near_resolution": Uniform(22, 25), "margin_px": 0.0}),
    ("Bayer mosaic", {"mosaic_chance": 1.0}),
    ("sharpened", {"sharpening_chance": 1.0, "sharpening": Uniform(1.4, 1.6)}),
    ("noise, blotches", {"blotch_chance": 1.0, "blotches": Uniform(0.08, 0.1),
                         "noise": Uniform(0.05, 0.06)}),
    ("JPEG", {"jpeg_chance": 1.0, "jpeg_quality": Uniform(20, 30)}),
    ("perspective", {"corner_shift": Uniform(-7, 7)}),
    ("box far off", {"miscrop_chance": 1.0, "miscrop": Uniform(-9, 9)}),
)  # fmt: skip


def weather_sheet() -> Image:
    """Return one effect a row, a little stronger than usual, on some signs."""
    usual = edited(
        calm(ROAD), lambda name, value: Uniform(0.7, 1.0) if name == "exposure" else value
    )
    rows = []
    for label, changes in EFFECTS:
        conditions = edited(usual, lambda name, value, by=changes: by.get(name, value))
        images = [photos(5 * i + 1, conditions, [43, i])[0] for i in range(SIGNS)]
        rows.append(strip(images, label, 150))
    return np.concatenate(rows)


def track_sheet() -> Image:
    """Return the frames of some approaches, from far to near."""
    tracks = [photos(4 * i + 2, ROAD, [7, i], 8) for i in range(10)]
    rows = [strip(list(track), CLASSES[4 * i + 2].name, 190) for i, track in enumerate(tracks)]
    return np.concatenate(rows)


def conditions_sheet() -> Image:
    """Return random signs of the course beside random signs of the road."""
    halves = []
    for name in ("course", "road"):
        images, _ = next(stream("contact sheet", batch=80, image_size=32, conditions=name))
        rows = iter(np.repeat(np.repeat(images, 2, axis=1), 2, axis=2))
        strips = [strip(list(islice(rows, 8)), name if i == 0 else "") for i in range(10)]
        halves.append(np.concatenate([strips[0], *(row[LABEL:] for row in strips[1:])]))
    return np.concatenate(halves, axis=1)


def main() -> None:
    """Write the sheets."""
    OUT.mkdir(exist_ok=True)
    sheets = {
        "contact-sheet.png": sign_sheet(),
        "weather.png": weather_sheet(),
        "tracks.png": track_sheet(),
        "course-and-road.png": conditions_sheet(),
    }
    for name, sheet in sheets.items():
        # 32 shades of each colour: files half as large, and nothing to be seen of it.
        bgr = cv2.cvtColor(sheet // 8 * 8 + 4, cv2.COLOR_RGB2BGR)
        assert cv2.imwrite(str(OUT / name), bgr, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        print(f"{name}: {(OUT / name).stat().st_size / 1024:.0f} KiB, {sheet.shape}")


if __name__ == "__main__":
    main()
