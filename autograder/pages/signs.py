"""The classes on a page: their names, and their pictures, each embedded once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from autograder.pages.pictures import photo
from autograder.pages.texts import label, name


class Signs:
    """Names and pictures of classes; remembers which pictures a page uses.

    Args:
        names: Indexed by class id.
        pictures: Shape (classes, height, width, 3); None if there are none.
    """

    def __init__(self, names: Sequence[str], pictures: NDArray[np.uint8] | None) -> None:
        self._names, self._pictures = names, pictures
        self._used: set[int] = set()

    def __len__(self) -> int:
        return len(self._names)

    @property
    def have_pictures(self) -> bool:
        """Whether there are any."""
        return self._pictures is not None

    def name(self, class_id: int) -> str:
        """Return what a class is called."""
        known = 0 <= class_id < len(self._names)
        return (name(self._names[class_id]) if known else "") or f"class {class_id}"

    def label(self, class_id: int, longest: int = 28) -> str:
        """Return the same for where there is little room."""
        return label(self.name(class_id), longest)

    def has_picture(self, class_id: int) -> bool:
        """Whether there is one of this class."""
        return self._pictures is not None and 0 <= class_id < len(self._pictures)

    def picture(self, class_id: int, attributes: str = 'class="sign"') -> Markup:
        """Return the picture, decorative: the name has to stand beside it. Empty without one.

        Args:
            class_id: Which.
            attributes: Of the SVG element: our own text, never anyone else's.
        """
        if not self.has_picture(class_id):
            return Markup()
        self._used.add(class_id)
        return Markup(  # noqa: S704 - numbers, and what this package says
            f'<svg {attributes} aria-hidden="true" focusable="false">'
            f'<use href="#sign-{class_id}"/></svg>'
        )

    def badge(self, class_id: int) -> Markup:
        """Return the picture, or the number of the class where there is none."""
        number = Markup('<span class="sign number-of" aria-hidden="true">{}</span>')
        return self.picture(class_id) or number.format(class_id)

    def symbols(self) -> Markup:
        """Return the pictures used so far, for the end of the page."""
        if self._pictures is None or not self._used:
            return Markup()
        shapes = "".join(
            f'<symbol id="sign-{used}" viewBox="0 0 48 48">'
            f'<image width="48" height="48" href="{photo(self._pictures[used])}"/></symbol>'
            for used in sorted(self._used)
        )
        return Markup(  # noqa: S704 - numbers and base64
            f'<svg class="visually-hidden" aria-hidden="true">{shapes}</svg>'
        )
