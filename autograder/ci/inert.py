"""Text for files and logs of CI services: visible, and nothing that a service would obey."""

from __future__ import annotations

from autograder.reports.markdown import visible


def inert(text: str) -> str:
    """Return text of which no line is a command such as ``::error::`` or ``##[error]``.

    Without control characters but line ends, so it may stand in XML, too.
    """
    return visible(text).replace("::", ": :")
