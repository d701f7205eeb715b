from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from bs4 import BeautifulSoup

from autograder.pages.charts import learning_curves
from autograder.pages.pictures import heat_overlay, map_strips, photo
from autograder.pages.signs import Signs
from autograder.reports.training_parts import EpochPart, PlanPart

ROOT = Path(__file__).parent.parent


def epoch(number: int, loss: float | None = 1.0) -> EpochPart:
    return EpochPart(
        epoch=number,
        step=10 * number,
        loss=loss,
        accuracy=0.5,
        validation_loss=loss,
        validation_accuracy=0.4,
    )


def plan(*, cut_short: bool) -> PlanPart:
    return PlanPart(
        epochs=9,
        batch_size=8,
        steps_per_epoch=10,
        steps=30,
        budget_steps=30,
        cut_short=cut_short,
    )


def decoded(uri: str) -> np.ndarray[Any, Any]:
    content = base64.b64decode(uri.split(",")[1])
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return np.asarray(image)


def test_without_epochs_there_are_no_charts() -> None:
    assert learning_curves([], None) == []


def test_charts_take_colours_and_fonts_of_the_page() -> None:
    svg = "".join(chart.svg for chart in learning_curves([epoch(1), epoch(2)], None))
    assert {"var(--data-1)", "var(--data-2)", "var(--sans)"} <= set(
        re.findall(r"var\([\w-]+\)", svg)
    )
    assert not re.search(r"#[0-9a-f]{6}\b", svg)
    assert "DejaVu" not in svg


def test_charts_bring_no_rules_dates_or_addresses_along() -> None:
    svg = "".join(chart.svg for chart in learning_curves([epoch(1), epoch(2)], None))
    assert not re.search(r"<style|<metadata|http|\b20\d\d-", svg)


def test_references_within_charts_hold_and_ids_are_their_own() -> None:
    charts = learning_curves([epoch(number) for number in range(1, 4)], plan(cut_short=True))
    soup = BeautifulSoup("".join(chart.svg for chart in charts), "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    used = {str(tag["href"])[1:] for tag in soup.find_all("use")}
    clips = set(re.findall(r"url\(#([^)]+)\)", str(soup)))
    assert used | clips == set(ids)


def test_text_in_charts_stays_text() -> None:
    (loss, _) = learning_curves([epoch(1), epoch(2)], None)
    words = [text.get_text() for text in BeautifulSoup(loss.svg, "html.parser").find_all("text")]
    assert {"epoch", "training loss", "validation loss"} <= set(words)


@pytest.mark.parametrize("cut_short", [True, False])
def test_the_end_of_the_budget_is_drawn_where_there_was_one(cut_short: bool) -> None:
    charts = learning_curves([epoch(1), epoch(3)], plan(cut_short=cut_short))
    assert [("the budget ends here" in chart.svg) for chart in charts] == [cut_short] * 2


@pytest.mark.parametrize(
    "values",
    [[None], [None, None], [1.0, None, 1e30], [-1.0, 0.0], [0.0], [1e308, -1e308], [1e-308]],
)
def test_any_history_can_be_drawn(values: list[float | None]) -> None:
    history = [epoch(number, value) for number, value in enumerate(values, 1)]
    charts = learning_curves(history, None)
    assert [chart.title for chart in charts] == [
        "Loss, lower is better",
        "Accuracy, higher is better",
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 0.5], "from 1.000 to 0.500."),
        ([1.0, None, 0.5], "from 1.000 to 0.500, not finite in 1 epoch."),
        ([None, 1.0, None], "from not finite to not finite, not finite in 2 epochs."),
        ([1.0, None, None], "from 1.000 to not finite, not finite from epoch 2 on."),
    ],
)
def test_what_is_not_finite_is_told(values: list[float | None], said: str) -> None:
    (loss, _) = learning_curves([epoch(at, value) for at, value in enumerate(values, 1)], None)
    assert f"Training loss goes {said}" in loss.svg


@pytest.mark.parametrize("numbers", [(1, 1), (2, 1), (-3, 0), (1, 10**30), (10**30,)])
def test_epochs_may_be_counted_in_any_way(numbers: tuple[int, ...]) -> None:
    charts = learning_curves([epoch(number) for number in numbers], plan(cut_short=True))
    assert len(charts) == 2


def test_a_spike_leaves_the_rest_to_be_seen() -> None:
    history = [epoch(number, 1e6 if number == 3 else 1.0) for number in range(1, 9)]
    (loss, accuracy) = learning_curves(history, None)
    assert "goes up to 1e+06" in loss.svg
    assert "goes up to" not in accuracy.svg


def test_a_photograph_survives() -> None:
    image = np.full((32, 32, 3), (200, 30, 60), np.uint8)
    shown = decoded(photo(image))[..., ::-1]
    assert np.abs(shown.astype(int) - image).max() < 8


def test_maps_are_scaled_together_dark_to_light_with_clear_gaps() -> None:
    maps = np.stack([np.full((16, 16), value, np.float32) for value in (0.0, 1.0, 0.5)])
    first, second = map(decoded, map_strips(maps, 2))
    assert first.shape == (16, 33, 4)
    assert first[0, 0, :3].sum() < first[0, 32, :3].sum()
    assert first[0, 16, 3] == 0
    assert second[0, 0, 3] == 255
    assert second[0, 20, 3] == 0


def test_maps_that_are_not_finite_are_dark() -> None:
    (strip,) = map_strips(np.full((1, 4, 4), np.nan, np.float32), 1)
    assert decoded(strip).shape == (16, 16, 4)


def test_what_mattered_is_orange_and_what_stood_in_the_way_is_blue() -> None:
    heat = np.zeros((4, 4), np.float32)
    heat[0, 0], heat[3, 3] = 1, -1
    shown = decoded(heat_overlay(np.full((8, 8, 3), 128, np.uint8), heat, 64))[..., ::-1].astype(
        int
    )
    red_over_blue = shown[..., 0] - shown[..., 2]
    assert red_over_blue[4, 4] > 100
    assert red_over_blue[60, 60] < -50
    assert abs(red_over_blue[4, 60]) < 10


def test_each_picture_of_a_class_is_embedded_once() -> None:
    signs = Signs(["a", "b"], np.zeros((2, 48, 48, 3), np.uint8))
    for class_id in (1, 1, 7):
        signs.picture(class_id)
    symbols = BeautifulSoup(signs.symbols(), "html.parser").find_all("symbol")
    assert [symbol["id"] for symbol in symbols] == ["sign-1"]


def test_a_class_without_a_name_is_called_by_its_number() -> None:
    signs = Signs(["", "b"], None)
    assert [signs.name(class_id) for class_id in (0, 1, 2)] == ["class 0", "b", "class 2"]


def test_matplotlib_leaves_nothing_behind(tmp_path: Path) -> None:
    script = (
        "from autograder.pages.pictures import _viridis\n"
        "from autograder.pages.plotting import import_matplotlib\n"
        "_viridis()\nimport_matplotlib()"
    )
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env=home)
    assert list(tmp_path.iterdir()) == []
