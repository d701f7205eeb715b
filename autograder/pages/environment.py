"""How every page is laid out: Jinja2, autoescape on, a name that is not there is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


@cache
def template(name: str) -> jinja2.Template:
    """Return a template of this package, such as ``student.html``; compiled once.

    Whatever it shows is escaped; texts of students never come in as `markupsafe.Markup`.
    """
    return _environment().get_template(name)


@cache
def _environment() -> jinja2.Environment:
    # Where it is used: no command but those that draw pages needs it.
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
