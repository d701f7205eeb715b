"""`autograder report`: all pages drawn again from stored results; nothing is trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.commands.opening import cores
from autograder.lms.attempts import counting
from autograder.pages.publish import redraw_all, write_class_page
from autograder.pages.similar_page import republish_similarity, stored_similarity
from autograder.results import read_results
from autograder.similarity_files import handed_out
from autograder.store import Store
from autograder.view import Bar, plain


@dataclass(frozen=True)
class ReportOptions:
    """What was typed.

    Attributes:
        folder: Results folder.
        config: grading.yaml; beside it lies what was handed out, which nobody has copied.
        anonymous: Whether to write a page without names as well, to show in class.
        jobs: Pages at a time; None for one per core.
    """

    folder: Path
    config: Path
    anonymous: bool
    jobs: int | None


def report(options: ReportOptions, console: Console) -> int:
    """Draw all pages of a results folder again; return 0.

    Raises:
        ResultsError: There are no results, one is damaged, or somebody is grading into them.
    """
    out = options.folder
    reports = read_results(out)
    with Store(out):
        with Bar(console) as bar:
            ids = [report.submission.id for report in reports]
            for done, _ in enumerate(redraw_all(out, ids, options.jobs or cores()), 1):
                bar(done, len(ids), "drawing reports")
        counted, root = counting(reports), options.config.resolve().parent
        if not (stored_similarity(out, counted) or handed_out(root)):
            console.print(
                plain(
                    f"{root} holds no assignment/, so code that everyone was given counts as "
                    "copied: name the rules with --config"
                ),
                style="yellow",
                soft_wrap=True,
            )
        with console.status("comparing submissions"):
            similar = republish_similarity(out, counted, root).flags
        pages = [write_class_page(out, counted, similar)]
        if options.anonymous:
            pages.append(write_class_page(out, counted, similar, anonymous=True))
    for page in pages:
        console.print(plain(f"class page: {page}"), soft_wrap=True)
    return 0
