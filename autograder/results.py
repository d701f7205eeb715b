"""Reads a results folder that `Store` has written, when no grading is going on."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from autograder.errors import ResultsError
from autograder.reports.report import Report

_SHOWN = 5


def read_results(folder: Path) -> tuple[Report, ...]:
    """Return the report of every submission in a results folder, sorted by id.

    Raises:
        ResultsError: There are no results in it, or one of them is missing, damaged, in another's
            folder or of another version: a class with holes would pass for the whole class.
    """
    reports, faults = [], []
    for place in _places(folder):
        try:
            reports.append(read_report(place))
        except ResultsError as error:
            faults.append(str(error))
    if faults:
        more = f"\n… and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise ResultsError("\n".join(faults[:_SHOWN]) + more)
    return tuple(sorted(reports, key=lambda report: report.submission.id))


def read_report(place: Path) -> Report:
    """Return the report in a submission's folder (``results/submissions/<id>``).

    Raises:
        ResultsError: It is missing, damaged, in another's folder or of another version.
    """
    path = place / "report.json"
    try:
        report = Report.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(
            f"{path}: missing: grading was interrupted there; grade into the same folder again"
        ) from None
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ResultsError(
            f"{path}: damaged, or of another version of autograder ({_first_fault(error)}); "
            "delete its folder and grade again"
        ) from None
    if report.submission.id != place.name:
        raise ResultsError(
            f"{path}: belongs to {report.submission.id!r}; a result stands in the folder that "
            "has its id for a name"
        )
    return report


def _places(folder: Path) -> tuple[Path, ...]:
    try:
        found = sorted((folder / "submissions").iterdir())
        places = tuple(p for p in found if p.is_dir() and not p.name.startswith("."))
    except OSError as error:
        raise ResultsError(
            f"{folder}: no results there ({error.strerror or error}); name the folder given to "
            "`autograder grade --out`, such as results"
        ) from None
    if not places:
        raise ResultsError(f"{folder}: nothing was graded yet: submissions/ is empty")
    return places


def _first_fault(error: ValueError) -> str:
    """Return in one line what is wrong; of many faults of a document, the first."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
