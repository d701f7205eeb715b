"""The verbs of a course's year around grading: begin, hand out, automate, give grades back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autograder.cli_options import config_option, console

# As in gradebooks/formats.py; spelt out, so that --help reads nothing of it.
_GRADEBOOKS = (
    "canvas", "moodle", "blackboard", "brightspace", "gradescope", "github", "generic",
)  # fmt: skip


@click.command("grade-predictions")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--answers", type=click.Path(path_type=Path), required=True,
    help="CSV: Filename, ClassId; or a single column in the order of the file names.",
)  # fmt: skip
@click.option("-o", "--out", type=click.Path(path_type=Path), help="CSV to write the grades to.")
@click.option("--classes", type=click.IntRange(min=2), default=43, show_default=True)
@click.option(
    "--zero-below", type=float, default=0.79, show_default=True, help="macro-F1 worth nothing.",
)  # fmt: skip
@click.option(
    "--full-above", type=float, default=0.91, show_default=True, help="macro-F1 worth 100.",
)  # fmt: skip
def grade_predictions(zero_below: float, full_above: float, **options: Any) -> int:
    """Grade files of predictions at PATHS by macro-F1: TEAM-...-predictions.csv."""
    from autograder.commands.grade_predictions import PredictionOptions
    from autograder.commands.grade_predictions import grade_predictions as run
    from autograder.predictions_only import Scale

    if not zero_below < full_above:
        raise click.UsageError("--zero-below has to be smaller than --full-above")
    return run(PredictionOptions(scale=Scale(zero_below, full_above), **options), console())


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_name", required=True, type=click.Choice(_GRADEBOOKS),
    help="Where the class is kept; generic for a table, or for any CSV.",
)  # fmt: skip
@click.option(
    "--into", type=click.Path(path_type=Path),
    help="Your own export of the grades; it stays as it is.",
)  # fmt: skip
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True,
    help="File to write: the export with the grades; generic: .csv, .parquet or .xlsx.",
)  # fmt: skip
@click.option(
    "--column", default="",
    help="Assignment that takes the grades.  [default: found by the format's rules]",
)  # fmt: skip
@click.option(
    "--match", default="ids", show_default=True,
    help="Tell students by ids; by name too, where ids fail; or by the column of this heading.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Also put lower grades over higher ones.")
@click.option("--scale", is_flag=True, help="Bring the grades to the points of the export.")
@click.option(
    "--keep-all", is_flag=True, help="Keep the lines of students without a grade, as they are."
)
@click.option(
    "--feedback-zip", type=click.Path(path_type=Path),
    help="Pack everybody's report as canvas and moodle take them back.",
)  # fmt: skip
def gradebook(**options: Any) -> int:
    """Put the grades in RESULTS into an export of the class; show what changes."""
    from autograder.commands.gradebook import GradebookOptions
    from autograder.commands.gradebook import gradebook as run

    return run(GradebookOptions(**options), console())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="Image recognition", show_default=True, help="Of the assignment.")
@click.option(
    "--data", type=click.Path(path_type=Path),
    help="Images: a folder with one for each class, or what `data import` wrote. "
    "[default: rendered road signs]",
)  # fmt: skip
@click.option(
    "--size",
    type=click.IntRange(16, 256),
    help="Height and width of images in pixels. [default: 32]",
)
def init(**options: Any) -> int:
    """Write a new assignment into FOLDER: rules, template, reference solution, checks."""
    from autograder.commands.init import InitOptions
    from autograder.commands.init import init as run

    return run(InitOptions(**options), console())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), required=False)
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), default=Path("handout.zip"),
    show_default=True, help="The zip to write.",
)  # fmt: skip
def release(folder: Path, out: Path) -> int:
    """Pack what students receive of the assignment in FOLDER (default: here), if it is safe to.

    It must hold no solution, no secret and no image of the holdout; template and solutions must
    agree.
    """
    from autograder.commands.release import release as run

    return run(folder, out, console())


@click.group()
def package() -> None:
    """Take grading to where submissions come in: GitHub, GitLab, Gradescope."""


@package.command("github")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True,
    help="Folder to write: not there yet, or empty.",
)  # fmt: skip
@config_option
def package_github(out: Path, config_path: Path) -> int:
    """Write workflows for the course's own repository and for GitHub Classroom."""
    from autograder.commands.package import package_github as run

    return run(out, config_path, console())


@package.command("gradescope")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("autograder.zip"),
    show_default=True, help="Where to write the archive.",
)  # fmt: skip
@click.option(
    "--show", type=click.Choice(["visible", "after_due_date", "after_published"]),
    default="after_due_date", show_default=True, help="When students see their points.",
)  # fmt: skip
@click.option("--try-out", is_flag=True, help="Pack the seed that everybody knows.")
@config_option
def package_gradescope(**options: Any) -> int:
    """Write what Gradescope builds its autograder from; it holds your secret."""
    from autograder.commands.package import GradescopeOptions
    from autograder.commands.package import package_gradescope as run

    return run(GradescopeOptions(config=options.pop("config_path"), **options), console())
