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
from autograder.cli_course import grade_predictions, gradebook, init, package, release
from autograder.cli_data import data
from autograder.cli_options import config_option, console, path_argument
from autograder.errors import AutograderError, UserError

_OURS = 3
_INTERRUPTED = 130
_FORMATS = ("blackboard", "brightspace", "canvas", "github", "gradescope", "moodle", "folder")


class _Group(click.Group):
    """Shows the verbs in the order they were written."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


@click.group(cls=_Group)
@click.version_option(__version__, prog_name="autograder")
def cli() -> None:
    """Grade assignments that are trained: in a sandbox, reproducibly."""


@cli.command()
@path_argument
@config_option
def check(path: Path, config_path: Path) -> int:
    """Say what is wrong with the submission at PATH (default: assignment)."""
    from autograder.commands.check import check as run

    return run(path, config_path, console())


@cli.command()
@path_argument
@config_option
@click.option(
    "--report", "page", type=click.Path(path_type=Path), default=Path("report.html"),
    show_default=True, help="Where to write what came of it, to look at in a browser.",
)  # fmt: skip
def train(path: Path, config_path: Path, page: Path) -> int:
    """Train the submission at PATH as the grader will; score it on the validation split."""
    from autograder.commands.train import train as run

    return run(path, config_path, page, console())


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("results"), show_default=True,
    help="Folder of the results; what is there already and still holds is kept.",
)  # fmt: skip
@config_option
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
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Submissions at a time. [default: cores, memory]"
)
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

    return run(GradeOptions(config=options.pop("config_path"), **options), console())


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("results"), required=False)
@config_option
@click.option("--anonymous", is_flag=True, help="Also write anonymous.html, to show in class.")
@click.option("--jobs", type=click.IntRange(min=1), help="Pages at a time. [default: cores]")
def report(**options: Any) -> int:
    """Draw all pages in FOLDER (default: results) again, from what is stored there."""
    from autograder.commands.report import ReportOptions
    from autograder.commands.report import report as run

    return run(ReportOptions(config=options.pop("config_path"), **options), console())


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@config_option
@click.option("--no-sandbox", is_flag=True, help="Run the student's code unconfined.")
def verify(folder: Path, config_path: Path, no_sandbox: bool) -> int:
    """Grade again what lies in FOLDER (results/submissions/<id>); say if it comes to the same."""
    from autograder.commands.verify import verify as run

    return run(folder, config_path, console(), no_sandbox=no_sandbox)


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
@config_option
@click.option("--write", is_flag=True, help="Put the proposed thresholds into the rules.")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Trainings at a time. [default: cores, memory]"
)
@click.option("--no-sandbox", is_flag=True, help="Run submissions unconfined.")
def calibrate(**options: Any) -> int:
    """Say how often the thresholds fail the reference solutions, and where they should stand.

    PATHS, such as a sample class, are trained and shown beside them.
    """
    from autograder.commands.calibrate import CalibrateOptions
    from autograder.commands.calibrate import calibrate as run

    return run(CalibrateOptions(config=options.pop("config_path"), **options), console())


@cli.command()
def doctor() -> int:
    """Try how well this machine isolates students' code."""
    from autograder.commands.doctor import doctor as run

    return run(console())


for _verb in (grade_predictions, gradebook, init, release, package, data):
    cli.add_command(_verb)


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
