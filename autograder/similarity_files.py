"""Brings a folder of results to `similarity.compare`, and what comes of it back on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import TypeAdapter

from autograder import names
from autograder.errors import ResultsError
from autograder.intake import take_in_copy
from autograder.models import SourceFile
from autograder.reading import MAX_BYTES, as_source
from autograder.reports.files import write_whole
from autograder.reports.report import Report
from autograder.similarity import Similarity, Work

FILE_NAME = "similarity.json"
HANDOUT = "assignment"
_MOST_HANDED_OUT = 200
_Similarities = TypeAdapter(Similarity)


def read_works(out: Path, reports: Iterable[Report]) -> tuple[Work, ...]:
    """Return what was handed in, from the copies beside the reports.

    Where there is no copy, being of an older version, only the weights are compared.

    Args:
        out: Folder of results.
        reports: Those in it.
    """
    return tuple(_work(out / "submissions" / report.submission.id, report) for report in reports)


def _work(folder: Path, report: Report) -> Work:
    try:
        copy = (folder / "submission.zip").read_bytes()
        files = take_in_copy(copy, report.submission.id).files
    except (OSError, ResultsError):
        files = ()
    told = report.submission
    return Work(told.id, told.student_id or told.id, files, report.weights_sha256)


def handed_out(root: Path) -> tuple[SourceFile, ...]:
    """Return all code below ``assignment/``: the template, public checks, examples.

    Args:
        root: Folder of grading.yaml.
    """
    return tuple(_handed_out(root / HANDOUT))


def _handed_out(folder: Path) -> Iterator[SourceFile]:
    paths = (path for path in folder.rglob("*") if names.suffix(path.name) in names.SOURCES)
    for path in sorted(paths)[:_MOST_HANDED_OUT]:
        try:
            content = path.read_bytes()
        except OSError:
            continue
        source = as_source(content[:MAX_BYTES], path.name, path.name)
        if isinstance(source, SourceFile):
            yield source


def class_sha256(reports: Iterable[Report]) -> str:
    """Return a digest over all that a comparison depends on, but for what was handed out."""
    compared = [
        (it.submission.id, it.submission.student_id, it.submission.sha256, it.weights_sha256)
        for it in reports
    ]
    return hashlib.sha256(json.dumps(sorted(compared)).encode()).hexdigest()


def write_similarity(out: Path, similarity: Similarity) -> None:
    """Store it beside the reports; the same class gives the same bytes.

    Raises:
        ResultsError: The disk refused.
    """
    write_whole(out / FILE_NAME, _Similarities.dump_json(similarity, indent=1) + b"\n")


def read_similarity(out: Path) -> Similarity | None:
    """Return what `write_similarity` stored; None if there is nothing that could be read."""
    try:
        found = _Similarities.validate_json((out / FILE_NAME).read_bytes())
    except (OSError, ValueError):
        return None
    shares = (
        share
        for pair in found.pairs
        for share in (pair.shared_first, pair.shared_second, pair.verbatim)
    )
    return found if all(0 <= share <= 1 for share in shares) else None
