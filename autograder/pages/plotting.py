"""Imports Matplotlib, without a trace in anybody's home."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from types import ModuleType

_FOLDER = "MPLCONFIGDIR"


@cache
def import_matplotlib() -> ModuleType:
    """Return Matplotlib, of which all that looks for fonts and settings is imported.

    On import it writes a list of fonts into the user's cache, or complains if it cannot. The list
    saves hardly any time where there are few fonts, so it goes into a folder that is removed.
    """
    given = os.environ.get(_FOLDER)
    with tempfile.TemporaryDirectory(prefix="autograder-fonts-") as folder:
        os.environ.setdefault(_FOLDER, folder)
        try:
            import matplotlib as mpl
            import matplotlib.backends.backend_svg
            import matplotlib.figure
        finally:
            if given is None:
                os.environ.pop(_FOLDER, None)
    return mpl
