"""The files of a new assignment, for a data set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

_TEMPLATES = {
    "grading.yaml": "grading.yaml.jinja",
    "README.md": "course.md.jinja",
    "assignment/README.md": "README.md.jinja",
    "assignment/submission.py": "submission.py.jinja",
    "solutions/reference/submission.py": "reference.py.jinja",
    "solutions/checks/test_augmentation.py": "test_augmentation.py.jinja",
}
_SMALLEST_MAP = 4  # pixels that the last stage of the reference still sees
_MOST_STAGES = 5
_BUDGET_S = 60
# Macro-F1 half way between chance and perfect for no points, four fifths of the way for all.
_ZERO, _FULL = 0.5, 0.8


@dataclass(frozen=True)
class NewAssignment:
    """What a new assignment is about.

    Attributes:
        name: Shown in feedback and reports.
        kind: Of the data set, as in grading.yaml.
        path: Of the data set, relative to grading.yaml; empty where it is rendered.
        image_size: Height and width in pixels.
        class_names: Indexed by class id.
        train: Number of images to train on.
        validation: Number of validation images.
    """

    name: str
    kind: str
    path: str
    image_size: int
    class_names: tuple[str, ...]
    train: int
    validation: int


def files_of(new: NewAssignment) -> Mapping[str, str]:
    """Return the text of each file, by its name in the folder."""
    facts = _facts(new)
    files = {name: _template(template).render(facts) for name, template in _TEMPLATES.items()}
    files["assignment/submission.ipynb"] = _notebook(files["assignment/submission.py"])
    files[".gitignore"] = "results/\nresults-calibration/\nreport.html\nhandout.zip\n"
    return files


def _facts(new: NewAssignment) -> dict[str, Any]:
    classes = len(new.class_names)
    # It goes into docstrings, too.
    name = " ".join(new.name.split()).replace('"', "'").replace("\\", "/")
    chance = 1 / classes
    stages = 0
    while new.image_size >> (stages + 1) >= _SMALLEST_MAP and stages < _MOST_STAGES:
        stages += 1
    steps_per_epoch = max(1, new.train // 32)
    return asdict(new) | {
        "name": name,
        "name_yaml": json.dumps(name, ensure_ascii=False),
        "path": json.dumps(new.path, ensure_ascii=False) if new.path else "",
        "classes": classes,
        "class_names": [name.replace("|", "¦") for name in new.class_names],
        "widths": tuple(16 * min(8, 2**stage) for stage in range(stages)),
        "epochs": max(5, min(40, 1500 // steps_per_epoch)),
        "training_s": _BUDGET_S,
        "zero_at": f"{chance + (1 - chance) * _ZERO:.2f}",
        "full_at": f"{chance + (1 - chance) * _FULL:.2f}",
    }


def _notebook(source: str) -> str:
    """Return the template as a notebook: a cell for the imports, one for each function."""
    from nbformat import v4

    docstring, _, code = source.partition('"""\n\n')
    imports, *functions = code.split("\n\n\n")
    text = docstring.removeprefix('"""').strip().replace("submission.py", "submission.ipynb")
    make: Any = v4  # nbformat has no types
    cells = [make.new_markdown_cell(text)]
    cells += [make.new_code_cell(part.strip()) for part in (imports, *functions)]
    for number, one in enumerate(cells):
        one["id"] = f"cell-{number}"  # else it would be another one each time
    notebook = make.new_notebook(cells=cells)
    return str(json.dumps(notebook, indent=1, ensure_ascii=False)) + "\n"


@cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.starting"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML, Python and Markdown of the instructor's own
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _template(name: str) -> Any:
    return _environment().get_template(name)
