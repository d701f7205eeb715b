"""What must hold once every attack has run, each claim in the first line of its function."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markdown_it import MarkdownIt

from tests.attacks.world import World

# Control characters, and CI services' commands at the start of a line.
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_COMMAND = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|^\s*(?:::|##)\w+", re.MULTILINE)
_WHISPERED = re.compile(rb"whispered attack-[0-9a-f]{8}")
# Some services look for these in the middle of a line, too.
_COMMAND_ANYWHERE = re.compile(rb"##\w*\[")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SCRIPT = re.compile(rb"<script>alert|<img src=x")


@dataclass(frozen=True)
class Grading:
    """How the grading of the whole class went.

    Attributes:
        before: The world as the class was assembled, nothing graded.
        after: The world when the grader had ended.
        names: Of every submission.
        siblings: Weights of the honest ones between the attacks; None where there are none.
        lone_weights: Those of an honest one that was graded by itself.
        exit_code: Of the grader.
        printed: By the grader.
    """

    before: World
    after: World
    names: frozenset[str]
    siblings: Mapping[str, str | None]
    lone_weights: str | None
    exit_code: int
    printed: bytes

    def changed(self, *beginnings: str) -> list[str]:
        """Return the files that came, went or changed and whose names begin like this."""
        before, after = self.before.files, self.after.files
        names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        return [name for name in names if name.startswith(beginnings)]

    def shown(self) -> dict[str, bytes]:
        """Return by name what people are shown; what came from a student stays as it is in two."""
        results = self.after.results.items()
        as_they_are = (".log", "/submission.zip", ".npz")
        files = {name: content for name, content in results if not name.endswith(as_they_are)}
        return files | {"what the grader printed": self.printed}


@dataclass(frozen=True)
class Proof:
    """A claim, and what speaks against it."""

    claim: str
    faults: tuple[str, ...]


def data(grading: Grading) -> Iterable[str]:
    """The labels and the data are as they were."""
    return grading.changed("cache/")


def canaries(grading: Grading) -> Iterable[str]:
    """Every canary file is as it was."""
    return grading.changed("canaries/")


def submissions(grading: Grading) -> Iterable[str]:
    """The submissions, and the results of an earlier grading, are as they were."""
    return grading.changed("class/", "alone")


def leftovers(grading: Grading) -> Iterable[str]:
    """No file of the grader's, of a job's or of an attack's lies about."""
    return [*grading.changed("temporary/"), *grading.after.strays]


def current_folder(grading: Grading) -> Iterable[str]:
    """Nothing that lies in the current folder was run."""
    return grading.changed("current/", "temporary/sprung")


def secrets(grading: Grading) -> Iterable[str]:
    """Labels and secrets are in no result and in no log."""
    texts = {**grading.after.results, "what the grader printed": grading.printed}
    for name, content in texts.items():
        if any(secret in content for secret in grading.after.secrets):
            yield name


def sealed(grading: Grading) -> Iterator[str]:
    """What is said beside the images of the holdout, no student is shown."""
    texts = {**grading.after.results, "what the grader printed": grading.printed}
    places = {name for name, content in texts.items() if _WHISPERED.search(content)}
    if "results-whispers" in grading.names and not places:
        yield "nothing was said"
    yield from sorted(name for name in places if not name.endswith("/sealed.log"))


def commands(grading: Grading) -> Iterator[str]:
    """Nothing is shown that a terminal, a browser or a CI service would obey."""
    for name, content in grading.shown().items():
        # No service reads a page for commands.
        found = (_CONTROL if name.endswith(".html") else _COMMAND).findall(content)
        if not name.endswith(".json"):  # read by programs
            found += _TURNING.findall(content.decode())
        if not name.endswith((".html", ".json")):
            found += _COMMAND_ANYWHERE.findall(content)
        # Inside a code block, and inside JSON, there is no HTML.
        html = MarkdownIt().render(content.decode()).encode() if name.endswith(".md") else b""
        if name.endswith((".csv", ".html")) or not name.startswith("submissions/"):
            html = content
        found += _SCRIPT.findall(html)
        if found:
            yield f"{name}: {found[0]!r}"


def results(grading: Grading) -> Iterator[str]:
    """The results hold what they should, and nothing else."""
    found = grading.after.results
    kinds = (
        "evidence.npz", "feedback.md", "job.log", "report.html", "report.json", "submission.zip",
    )  # fmt: skip
    expected = {f"submissions/{name}/{kind}" for name in grading.names for kind in kinds}
    expected |= {
        ".autograder.json", ".autograder.lock", "classes.npz", "gradebook.csv", "index.html",
        "similar.html", "similarity.json",
    }  # fmt: skip
    # Of those alone whose own code was needed to predict.
    sealed = {name for name in found if name.endswith("/sealed.log")}
    yield from sorted(expected ^ ({*found} - sealed))
    table = csv.DictReader(io.StringIO(found.get("gradebook.csv", b"").decode()))
    if {row["submission_id"] for row in table} != grading.names:
        yield "gradebook.csv does not hold every submission"


def bystander(grading: Grading) -> Iterable[str]:
    """A bystander lives and is as it was."""
    return _change(grading.before.bystander, grading.after.bystander)


def siblings(grading: Grading) -> Iterator[str]:
    """Honest siblings train to the weights of one alone."""
    for name, weights in grading.siblings.items():
        if weights is None or weights != grading.lone_weights:
            yield f"{name}: {weights}"


def processes(grading: Grading) -> Iterable[str]:
    """No process outlives the grading."""
    return {*grading.after.children} - {*grading.before.children}


def shared_memory(grading: Grading) -> Iterable[str]:
    """No memory, semaphore or queue is left to all."""
    return _change(grading.before.ipc, grading.after.ipc)


def ending(grading: Grading) -> Iterable[str]:
    """The grader ends well."""
    return [f"exit code {grading.exit_code}"] if grading.exit_code else []


PROOFS = (
    data, canaries, submissions, leftovers, current_folder, secrets, sealed, commands, results,
    bystander, siblings, processes, shared_memory, ending,
)  # fmt: skip


def prove(grading: Grading) -> tuple[Proof, ...]:
    """Hold every claim against what came of the grading."""
    return tuple(Proof(claim_of(proof), tuple(proof(grading))) for proof in PROOFS)


def claim_of(proof: object) -> str:
    """Return what a proof proves, in words."""
    return (proof.__doc__ or "").partition("\n")[0].rstrip(".")


def _change(before: object, after: object) -> list[str]:
    return [] if before == after else [f"{before} became {after}"]
