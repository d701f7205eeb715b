"""Which CI service this is, and the files that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

from autograder.ci.github import classroom_result, render_annotations, render_summary
from autograder.ci.gradescope import Visibility, render_results
from autograder.ci.junit import render_junit
from autograder.ci.metadata import load_metadata
from autograder.config import Config
from autograder.errors import ResultsError, UserError
from autograder.intake import take_in
from autograder.models import Submission
from autograder.reports.files import write_whole
from autograder.reports.report import Report

Service = Literal["github", "gitlab", "gradescope", "none"]
GRADESCOPE = Path("/autograder")
METADATA = "submission_metadata.json"
HANDED_IN = "submission"
_ANNOTATIONS = 10  # in one step; GitHub shows no more


def detect(environ: Mapping[str, str], gradescope: Path = GRADESCOPE) -> Service:
    """Return the service that this process runs in, as its environment says."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    if environ.get("GITLAB_CI") == "true":
        return "gitlab"
    if (gradescope / METADATA).is_file() and (gradescope / "results").is_dir():
        return "gradescope"
    return "none"


def outputs_for(asked: str | None, environ: Mapping[str, str]) -> Outputs | None:
    """Return what to write for a service, or for the one that this is (``auto``)."""
    known: dict[str, Service] = {name: name for name in get_args(Service)}
    if asked is None or asked == "none":
        return None
    return Outputs(detect(environ) if asked == "auto" else known[asked], environ)


@dataclass(frozen=True)
class Outputs:
    """Writes what a service reads.

    Attributes:
        service: Which; GitLab and any other (``none``) read JUnit.
        environ: Of the process.
        gradescope: Its folder.
    """

    service: Service
    environ: Mapping[str, str]
    gradescope: Path = GRADESCOPE

    def only_submission(self, paths: Sequence[Path], config: Config) -> Submission | None:
        """Return the one submission that the service hands over; None if it hands over a class.

        On Gradescope, whatever lies in the folder is one submission: what is wrong with it is the
        student's to mend, so it must not be taken for several, nor for none.

        Raises:
            UserError: There are several folders, or Gradescope's metadata cannot be read.
        """
        if self.service != "gradescope":
            return None
        if len(paths) != 1:
            raise UserError(f"Gradescope takes one submission at a time, here are {len(paths)}")
        metadata = load_metadata(self.gradescope / METADATA)
        return metadata.identified(take_in(paths[0], HANDED_IN, config))

    def write(
        self, reports: Sequence[Report], submissions: Sequence[Submission], out: Path
    ) -> list[str]:
        """Write all files; return the lines to print as they are.

        Args:
            reports: Those that count.
            submissions: What was graded, and maybe more.
            out: Results folder; gets junit.xml.

        Raises:
            UserError: A file cannot be written, or a setting is wrong.
        """
        write_whole(out / "junit.xml", render_junit(reports))
        if self.service == "github":
            return self._github(reports, submissions)
        if self.service == "gradescope":
            self._gradescope(reports)
        return []

    def _github(self, reports: Sequence[Report], submissions: Sequence[Submission]) -> list[str]:
        self._append("GITHUB_STEP_SUMMARY", render_summary(reports))
        if len(reports) == 1:  # Classroom has one repository for each student
            self._append("GITHUB_OUTPUT", f"result={classroom_result(reports[0])}\n")
        repository = Path(self.environ.get("GITHUB_WORKSPACE", ".")).resolve()
        lines = list(_annotations(reports, submissions, repository))
        left_out = len(lines) - _ANNOTATIONS
        more = [f"and {left_out} more: see the summary"] if left_out > 0 else []
        return lines[:_ANNOTATIONS] + more

    def _append(self, variable: str, text: str) -> None:
        """Append to the file that GitHub names for the step, if it names one."""
        path = self.environ.get(variable)
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise ResultsError(f"{variable}: cannot write {path}: {error.strerror}") from error

    def _gradescope(self, reports: Sequence[Report]) -> None:
        results = render_results(reports[0], self._detail())
        write_whole(self.gradescope / "results" / "results.json", results.encode())

    def _detail(self) -> Visibility:
        """Return when students see their points; not at once unless somebody said so."""
        asked = self.environ.get("AUTOGRADER_GRADESCOPE_SHOW", "after_due_date")
        known: dict[str, Visibility] = {name: name for name in get_args(Visibility)}
        if asked not in known:
            raise UserError(f"AUTOGRADER_GRADESCOPE_SHOW: {asked!r} is none of {', '.join(known)}")
        return known[asked]


def _annotations(
    reports: Sequence[Report], submissions: Sequence[Submission], repository: Path
) -> Iterator[str]:
    paths = {submission.id: submission.path.absolute() for submission in submissions}
    for report in reports:
        try:
            origin = paths[report.submission.id].relative_to(repository)
        except ValueError:
            continue  # outside of the repository there is nothing to mark
        yield from render_annotations(report, PurePosixPath(origin.as_posix()))
