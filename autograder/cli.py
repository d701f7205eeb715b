"""The words typed, and the one place where errors become exit codes.

0: all graded, whatever the scores; the same again (`verify`). 1: the submission has faults
(`check`, `train`), someone needs attention (`grade`), or it came to something else (`verify`).
2: bad usage, rules or data. 3: our own fault. 130: Ctrl-C.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from autograder import __version__
from autograder.errors import AutograderError, UserError

_OURS = 3
_INTERRUPTED = 130
# As in gradebooks/formats.py; spelt out, so that --help reads nothing of it.
_GRADEBOOKS = (
    "canvas", "moodle", "blackboard", "brightspace", "gradescope", "github", "generic",
)  # fmt: skip


class _Group(click.Group):
    """Shows the verbs in the order they were written."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


def _nearest_rules() -> Path:
    """Return grading.yaml here or in the nearest folder above."""
    here = Path.cwd()
    name = "grading.yaml"
    found = (folder / name for folder in (here, *here.parents) if (folder / name).is_file())
    return next(found, Path(name))


_config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=_nearest_rules,
    help="The rules.  [default: grading.yaml, here or in the nearest folder above]",
)
_FORMATS = ("blackboard", "brightspace", "canvas", "github", "gradescope", "moodle", "folder")
_path_argument = click.argument(
    "path", type=click.Path(path_type=Path), default=Path("assignment"), required=False
)


@click.group(cls=_Group)
@click.version_option(__version__, prog_name="autograder")
def cli() -> None:
    """Grade assignments that are trained: in a sandbox, reproducibly."""


@cli.command()
@_path_argument
@_config_option
def check(path: Path, config_path: Path) -> int:
    """Say what is wrong with the submission at PATH (default: assignment)."""
    from autograder.commands.check import check as run

    return run(path, config_path, _console())


@cli.command()
@_path_argument
@_config_option
@click.option(
    "--report", "page", type=click.Path(path_type=Path), default=Path("report.html"),
    show_default=True, help="Where to write what came of it, to look at in a browser.",
)  # fmt: skip
def train(path: Path, config_path: Path, page: Path) -> int:
    """Train the submission at PATH as the grader will; score it on the validation split."""
    from autograder.commands.train import train as run

    return run(path, config_path, page, _console())


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("results"), show_default=True,
    help="Folder of the results; what is there already and still holds is kept.",
)  # fmt: skip
@_config_option
@click.option(
    "--roster", type=click.Path(path_type=Path),
    help="Class list: a CSV of ours, or any system's export of a gradebook or of people.",
)  # fmt: skip
@click.option(
    "--from", "from_", type=click.Choice(_FORMATS),
    help="What PATHS are.  [default: told by their names]",
)  # fmt: skip
@click.option(
    "--attempt", type=click.Choice(("latest", "first", "best")), default="latest",
    show_default=True, help="Which of a student's attempts counts.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(min=1), help="Submissions at a time. [default: cores]")
@click.option("--no-sandbox", is_flag=True, help="Run students' code unconfined, and say so.")
@click.option("--watch", is_flag=True, help="Serve a page, for you alone, that shows how it goes.")
@click.option(
    "--ci", type=click.Choice(["auto", "github", "gitlab", "gradescope", "none"]),
    is_flag=False, flag_value="auto",
    help="Also write junit.xml and what a CI service reads; by default, the one that this is.",
)  # fmt: skip
def grade(**options: Any) -> int:
    """Grade the submissions at PATHS: what Canvas and others give, folders, single files."""
    from autograder.commands.grade import GradeOptions
    from autograder.commands.grade import grade as run

    return run(GradeOptions(config=options.pop("config_path"), **options), _console())


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("results"), required=False)
@_config_option
@click.option("--anonymous", is_flag=True, help="Also write anonymous.html, to show in class.")
@click.option("--jobs", type=click.IntRange(min=1), help="Pages at a time. [default: cores]")
def report(**options: Any) -> int:
    """Draw all pages in FOLDER (default: results) again, from what is stored there."""
    from autograder.commands.report import ReportOptions
    from autograder.commands.report import report as run

    return run(ReportOptions(config=options.pop("config_path"), **options), _console())


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_config_option
@click.option("--no-sandbox", is_flag=True, help="Run the student's code unconfined.")
def verify(folder: Path, config_path: Path, no_sandbox: bool) -> int:
    """Grade again what lies in FOLDER (results/submissions/<id>); say if it comes to the same."""
    from autograder.commands.verify import verify as run

    return run(folder, config_path, _console(), no_sandbox=no_sandbox)


@cli.command("grade-predictions")
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
    return run(PredictionOptions(scale=Scale(zero_below, full_above), **options), _console())


@cli.command()
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

    return run(GradebookOptions(**options), _console())


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--solutions", type=click.Path(path_type=Path),
    help="Work that deserves all points.  [default: solutions beside the rules]",
)  # fmt: skip
@click.option(
    "--seeds", type=click.IntRange(min=2, max=1000), default=10, show_default=True,
    help="How many to train each submission under, from the one of the rules on.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("results-calibration"),
    show_default=True, help="Folder of the results; what is there already and holds is kept.",
)  # fmt: skip
@_config_option
@click.option("--write", is_flag=True, help="Put the proposed thresholds into the rules.")
@click.option("--jobs", type=click.IntRange(min=1), help="Trainings at a time. [default: cores]")
@click.option("--no-sandbox", is_flag=True, help="Run submissions unconfined.")
def calibrate(**options: Any) -> int:
    """Say how often the thresholds fail the reference solutions, and where they should stand.

    PATHS, such as a sample class, are trained and shown beside them.
    """
    from autograder.commands.calibrate import CalibrateOptions
    from autograder.commands.calibrate import calibrate as run

    return run(CalibrateOptions(config=options.pop("config_path"), **options), _console())


@cli.command()
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

    return run(InitOptions(**options), _console())


@cli.command()
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

    return run(folder, out, _console())


@cli.command()
def doctor() -> int:
    """Try how well this machine isolates students' code."""
    from autograder.commands.doctor import doctor as run

    return run(_console())


@cli.group()
def data() -> None:
    """Look at the images, or bring your own."""


@data.command("info")
@_config_option
def data_info(config_path: Path) -> int:
    """Print the splits, their sizes and checksums."""
    from autograder.commands.data import info

    return info(config_path, _console())


@data.command("fetch")
@click.argument("what", type=click.Choice(["gtsrb"]))
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), default=Path("data/gtsrb"),
    show_default=True, help="Folder to put the archives into.",
)  # fmt: skip
@click.option("--from", "url", help="Another address of the folder that they are in.")
def data_fetch(what: str, folder: Path, url: str | None) -> int:  # noqa: ARG001 - there is one
    """Download photographs, 365 MB for gtsrb; run it again to go on where it stopped."""
    from autograder.commands.data_fetch import fetch_gtsrb
    from autograder.downloads import GTSRB_URL

    return fetch_gtsrb(folder, url or GTSRB_URL, _console())


@data.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", "--into", type=click.Path(path_type=Path), required=True,
    help="Folder to write: not there yet, or empty.",
)  # fmt: skip
@click.option(
    "--size", type=click.IntRange(16, 256), default=32, show_default=True,
    help="Height and width in pixels.",
)  # fmt: skip
@click.option(
    "--validation-share", type=click.FloatRange(0, 0.45, min_open=True), default=0.2,
    show_default=True, help="Part of each class for validation, where nothing says which.",
)  # fmt: skip
@click.option(
    "--holdout-share", type=click.FloatRange(0, 0.45, min_open=True), default=0.2,
    show_default=True, help="The same for the holdout; your secret decides which.",
)  # fmt: skip
@click.option("--skip-damaged", is_flag=True, help="Leave out what is missing or damaged.")
def data_import(**options: Any) -> int:
    """Read images from PATHS (folders, .zip archives); write them as one data set.

    GTSRB as published, as on Kaggle or as in the course; or a folder for each class.
    """
    from autograder.commands.data_import import ImportOptions, import_data
    from autograder.data_sources import Shares

    shares = Shares(options.pop("validation_share"), options.pop("holdout_share"))
    return import_data(ImportOptions(shares=shares, **options), _console())


@data.command("export")
@click.option("--split", type=click.Choice(["train", "validation", "holdout"]), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="An .npz file.")
@_config_option
def data_export(split: str, out: Path, config_path: Path) -> int:
    """Write one split as .npz; the holdout only with its secret seed set."""
    from autograder.commands.data import export

    return export(split, out, config_path, _console())


@cli.group()
def package() -> None:
    """Take grading to where submissions come in: GitHub, GitLab, Gradescope."""


@package.command("github")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True,
    help="Folder to write: not there yet, or empty.",
)  # fmt: skip
@_config_option
def package_github(out: Path, config_path: Path) -> int:
    """Write workflows for the course's own repository and for GitHub Classroom."""
    from autograder.commands.package import package_github as run

    return run(out, config_path, _console())


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
@_config_option
def package_gradescope(**options: Any) -> int:
    """Write what Gradescope builds its autograder from; it holds your secret."""
    from autograder.commands.package import GradescopeOptions
    from autograder.commands.package import package_gradescope as run

    return run(GradescopeOptions(config=options.pop("config_path"), **options), _console())


def _console() -> Any:
    from rich.console import Console

    return Console()


def main() -> None:
    """Run the command line; exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line with these arguments; return the exit code."""
    try:
        code = cli.main(arguments, prog_name="autograder", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what is finished is kept", err=True)
        return _INTERRUPTED
    except UserError as error:
        _tell(f"error: {error}")
        return error.exit_code
    except Exception as error:
        return _our_fault(error)
    return code if isinstance(code, int) else 0


def _our_fault(error: Exception) -> int:
    if os.environ.get("AUTOGRADER_DEBUG"):
        traceback.print_exception(error)
    kind = "" if isinstance(error, AutograderError) else f"{type(error).__name__}: "
    _tell(
        f"internal error: {kind}{error}\n"
        "This is our fault, not yours. Set AUTOGRADER_DEBUG=1 to see where it happened."
    )
    return _OURS


def _tell(message: str) -> None:
    """Print an error; it may quote a roster, rules or a path that somebody else wrote."""
    from autograder.view import plain

    click.echo(plain(message).plain, err=True)
