"""Writes the pictures of pages that README.md shows: `python -m docs.screenshots results`."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser.conftest import chromium

OUT = Path(__file__).parent / "images"
WIDTH, CLASS_HEIGHT, REPORT_HEIGHT = 1280, 1250, 1450
LARGEST = 250_000
"""Bytes of a picture."""


def photograph(browser: Browser, page_file: Path, height: int) -> Image.Image:
    """Return the top of a page in light mode, `WIDTH` pixels wide."""
    viewport = {"width": WIDTH, "height": height}
    page = browser.new_page(viewport=viewport, color_scheme="light", reduced_motion="reduce")
    page.goto(page_file.absolute().as_uri())
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    return picture.convert("RGB")


def write(picture: Image.Image, path: Path) -> None:
    """Write a picture with as many colours as fit into `LARGEST` bytes."""
    for colours in (256, 128, 64, 32):
        few = picture.quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB, {colours} colours")
            return
    raise SystemExit(f"{path} is larger than {LARGEST} bytes: show less of the page")


def main() -> None:
    """Photograph the class page and one report of a folder of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="folder that `autograder grade` wrote")
    parser.add_argument("--submission", default="no-augmentation", help="id of the report to show")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    report = options.results / "submissions" / options.submission / "report.html"
    with chromium() as browser:
        pages = (
            (report, REPORT_HEIGHT, "student-report.png"),
            (options.results / "index.html", CLASS_HEIGHT, "class-page.png"),
        )
        for page_file, height, name in pages:
            write(photograph(browser, page_file, height), options.out / name)


if __name__ == "__main__":
    main()
