"""What the trained network makes of two images: maps, and what of the image it goes by.

Only ever shown, so nothing that goes wrong here is anybody's fault. Left behind are

* ``look.f32``: little-endian float32, for each image the maps of its layers, one layer after the
  other, then the model's outputs with a grey square over each part of the image;
* ``look.json``: for each image its index, its layers with the shapes of their maps, and how many
  places of the square there are along a side, in that order.

After CNN Explainer (Wang et al. 2020, https://arxiv.org/abs/2004.15004) and the occlusion maps of
Zeiler and Fergus (2014), https://arxiv.org/abs/1311.2901.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.worker.arguments import Data
from autograder.worker.prediction import Predictor

# The grader reads no more than that: autograder/looks.py.
_LAYERS, _CHANNELS, _SIDE, _NAME = 14, 8, 64, 200
_PLACES = 11  # of the grey square, along each side of the image
_SQUARE = 0.3  # its side, where the image's is 1: smaller ones leave a sure answer as it is
_GREY = 128


def leave_look(model: Any, predict: Predictor, data: Data) -> None:
    """Look at two validation images; see `choose` for which.

    Args:
        model: The trained model; nothing is done with it afterwards.
        predict: Its `Predictor`.
        data: Of which only the validation split is looked at.

    Raises:
        Exception: Whatever the student's model raises when it predicts once more.
    """
    import numpy as np
    import tensorflow as tf

    labels = data.validation_labels
    outputs = np.fromfile("validation.f32", "<f4").reshape(len(labels), -1)
    chosen = choose(outputs, labels)
    images = np.stack([data.validation_images[index] for index in chosen])
    seen = _Seen(images)
    # Outside of a graph, which not every layer may stand: those before it can still be shown.
    with _told_of_outputs(seen.add), contextlib.suppress(Exception):
        model(tf.constant(images.astype(np.float32)), training=False)
    layers = seen.chosen()
    arrays, looks = [], []
    for row, index in enumerate(chosen):
        occluded = predict(occlusions(images[row]))
        shown = [layer.maps[row] for layer in layers]
        arrays += [*shown, occluded]
        facts = [layer.facts | {"shown": layer.maps[row].shape} for layer in layers]
        looks.append({"index": index, "layers": facts, "places": _PLACES})
    with Path("look.f32").open("wb") as file:
        file.writelines(array.astype("<f4").tobytes() for array in arrays)
    Path("look.json").write_text(json.dumps(looks), encoding="utf-8")


def choose(outputs: Any, labels: Any) -> list[int]:
    """Return the images to look at: one that is read rightly and one that is not, as there are.

    The second is the mistake that was made most surely. The first shows the same class, if any of
    that is read rightly, and is read as surely as is usual: the surest ones tell nothing, for
    whatever is hidden of them, the answer stays. How sure is how far the largest output is above
    the next one, be they probabilities or logits.
    """
    import numpy as np

    lead = np.diff(np.sort(outputs, axis=1)[:, -2:], axis=1)[:, 0]
    surest_last = np.argsort(lead, kind="stable")
    is_right = (outputs.argmax(axis=1) == labels)[surest_last]
    right, misread = surest_last[is_right], surest_last[~is_right][-1:]
    same = right[np.isin(labels[right], labels[misread])]
    usual = same if len(same) else right
    return [int(index) for index in (*usual[len(usual) // 2 :][:1], *misread)]


def occlusions(image: Any) -> Any:
    """Return an image with a grey square at each of the places, row by row.

    The places are the middles of so many equal parts of the image.
    """
    import numpy as np

    size = len(image)
    middles = (np.arange(_PLACES) + 0.5) * size / _PLACES
    side = max(1, round(_SQUARE * size))
    begins = [round(middle - side / 2) for middle in middles]
    ends = [(max(0, begin), begin + side) for begin in begins]
    hidden = np.repeat(image[None], _PLACES**2, axis=0)
    for place, shown in enumerate(hidden):
        (top, bottom), (left, right) = ends[place // _PLACES], ends[place % _PLACES]
        shown[top:bottom, left:right] = _GREY
    return hidden


@contextlib.contextmanager
def _told_of_outputs(tell: Callable[[Any, Any], None]) -> Iterator[None]:
    """Tell of whatever comes out of a layer, or of another operation of Keras', while it runs."""
    import keras

    call = keras.Operation.__call__

    def telling(operation: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = call(operation, *args, **kwargs)
        with contextlib.suppress(Exception):  # what cannot be shown is left out
            tell(operation, outputs)
        return outputs

    keras.Operation.__call__ = telling
    try:
        yield
    finally:
        keras.Operation.__call__ = call


@dataclass(frozen=True)
class _Layer:
    """A layer's output, as far as it is shown.

    Attributes:
        facts: Its name, kind, and the shape of its whole output for one image.
        maps: Shape (images, channels, rows, columns).
    """

    facts: dict[str, Any]
    maps: Any


@dataclass
class _Seen:
    """What was put out so far, in the order in which it was computed, without repetitions.

    Maps are drawn each in its own range, so what differs from the ones before in scale alone, like
    the outputs of Rescaling, BatchNormalization, Dropout and of a model inside the model, would
    look the same.
    """

    images: Any
    _layers: list[_Layer] = field(default_factory=list)
    _operations: set[int] = field(default_factory=set)
    _last: dict[tuple[int, ...], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._is_new(_shrunk(self.images))

    def add(self, operation: Any, outputs: Any) -> None:
        """Take what an operation put out, if these are maps of the images."""
        import numpy as np
        import tensorflow as tf

        known = id(operation) in self._operations
        if known or not _is_of_a_model(operation) or not tf.is_tensor(outputs):
            return
        self._operations.add(id(operation))
        shape = tuple(outputs.shape)
        # Other things that have four dimensions, such as the heads of an attention, are no squares.
        if len(shape) != 4 or shape[0] != len(self.images) or not 1 < shape[1] == shape[2]:
            return
        maps = tf.cast(_shrunk(outputs), tf.float32).numpy()
        if self._is_new(maps):
            liveliest = np.argsort(-maps.std(axis=(0, 1, 2)), kind="stable")[:_CHANNELS]
            name, kind = str(operation.name)[:_NAME], type(operation).__name__[:_NAME]
            facts = {"name": name, "kind": kind, "shape": shape[1:]}
            shown = maps[..., np.sort(liveliest)].transpose(0, 3, 1, 2)
            self._layers.append(_Layer(facts, shown))

    def _is_new(self, maps: Any) -> bool:
        """Whether it looks other than the last one of its size did."""
        import numpy as np

        spread = maps.std(axis=(0, 1, 2))
        scaled = (maps - maps.mean(axis=(0, 1, 2))) / np.where(spread > 0, spread, 1)
        before = self._last.get(maps.shape)
        self._last[maps.shape] = scaled
        return before is None or not np.allclose(scaled, before, atol=1e-3)

    def chosen(self) -> list[_Layer]:
        """Return as many as are shown, from first to last."""
        import numpy as np

        count = len(self._layers)
        places = np.linspace(0, count - 1, min(count, _LAYERS)).round().astype(int)
        return [self._layers[place] for place in places]


def _shrunk(maps: Any) -> Any:
    """Leave out rows and columns of large ones, so that few enough remain."""
    step = -(-maps.shape[1] // _SIDE)
    return maps[:, ::step, ::step]


def _is_of_a_model(operation: Any) -> bool:
    """Whether it is a layer, or stands in a model between layers; not a step inside of a layer."""
    import keras

    return isinstance(operation, keras.Layer) or bool(operation._inbound_nodes)  # noqa: SLF001
