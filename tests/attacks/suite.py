"""Grades every attack in one class, between honest siblings, and gathers what came of it.

::

    <folder>/alone/lone/          an honest submission, graded first and on its own
             class/<slug>/        the attacks, and the siblings between them
             canaries/<slug>      a file for each attack that it must not read or change
             current/             where the grader stands; runs nothing that lies there
             cache/ temporary/    of the grader
             results/
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.models import Verdict
from autograder.reports.report import Report
from tests.attacks.attack import Attack
from tests.attacks.proofs import Grading, Proof, prove
from tests.attacks.world import World, mark_of

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
RULES = HERE / "rules.yaml"
SIBLINGS = ("l-sibling", "b-sibling", "q-sibling")
_ATTACKS_PER_SIBLING = 50
HONEST = "from honest import build_augmentation, build_model, training_plan\n"
_HELPERS = ("honest.py", "forgery.py")
_GRADE = "from autograder.cli import main; main()"
# Weak on purpose: one of the attacks guesses.
_SEED = "4711"


@dataclass(frozen=True)
class Outcome:
    """What came of one attack.

    Attributes:
        attack: The attack.
        verdict: What it got.
        seconds: From the start of its grading to the end.
        faults: What was not as it should be, in words; nothing if the wall held.
        log: What it printed.
    """

    attack: Attack
    verdict: Verdict
    seconds: float
    faults: tuple[str, ...]
    log: str


@dataclass(frozen=True)
class Campaign:
    """What came of all attacks, and what holds for them together."""

    outcomes: tuple[Outcome, ...]
    proofs: tuple[Proof, ...]
    isolation: str
    seconds: float

    @property
    def held(self) -> bool:
        """Whether nothing at all was found wanting."""
        found = [*(one.faults for one in self.outcomes), *(one.faults for one in self.proofs)]
        return not any(found)


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """Make a temporary folder that jobs with a user id of their own can pass through."""
    with tempfile.TemporaryDirectory(prefix="attacks-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def run_all(attacks: Sequence[Attack]) -> Campaign:
    """Grade the attacks, those whose rules keep pictures in a class of their own."""
    campaigns = []
    for pictures in (False, True):
        chosen = [attack for attack in attacks if attack.pictures is pictures]
        if chosen:
            with open_folder() as folder:
                campaigns.append(run(folder, chosen))
    return _together(campaigns)


def _together(campaigns: Sequence[Campaign]) -> Campaign:
    outcomes = (outcome for one in campaigns for outcome in one.outcomes)
    alike = zip(*(one.proofs for one in campaigns), strict=True)
    return Campaign(
        outcomes=tuple(sorted(outcomes, key=lambda outcome: outcome.attack.slug)),
        proofs=tuple(
            Proof(same[0].claim, tuple(fault for one in same for fault in one.faults))
            for same in alike
        ),
        isolation=campaigns[0].isolation,
        seconds=sum(one.seconds for one in campaigns),
    )


def run(folder: Path, attacks: Sequence[Attack], *options: str) -> Campaign:
    """Grade the attacks below an empty folder, such as `open_folder` makes.

    Args:
        folder: Where all of it goes.
        attacks: To be graded side by side; the first one's rules are those of all.
        options: Further ones of ``autograder grade``.
    """
    started = time.monotonic()
    _write_rules(folder, pictures=attacks[0].pictures)
    suite = _Suite(folder, options)
    lone = suite.grade_alone()
    with suite.bystander() as bystander:
        grader = suite.start()
        siblings = SIBLINGS[: 1 + len(attacks) // _ATTACKS_PER_SIBLING]
        suite.assemble(siblings, attacks, grader.pid, bystander.pid)
        before = World.look(folder, suite.token, bystander.pid)
        printed, _ = grader.communicate(b"go\n", timeout=1800)
        after = World.look(folder, suite.token, bystander.pid)
    reports = suite.reports()
    grading = Grading(
        before=before,
        after=after,
        names=frozenset({*siblings, *(attack.slug for attack in attacks)}),
        siblings={name: _weights(reports.get(name)) for name in siblings},
        lone_weights=lone.weights_sha256,
        exit_code=grader.returncode,
        printed=printed,
    )
    return Campaign(
        outcomes=tuple(suite.judge(attack, reports.get(attack.slug), lone) for attack in attacks),
        proofs=prove(grading),
        isolation=lone.isolation,
        seconds=time.monotonic() - started,
    )


class _Suite:
    """One run, in a folder of its own."""

    def __init__(self, folder: Path, options: Sequence[str]) -> None:
        self.folder, self._options = folder, options
        # In the environment of grader and bystander, in every canary: must turn up nowhere else.
        self.token = secrets.token_hex(16)
        for name in ("alone", "class", "canaries", "current", "cache", "temporary"):
            (folder / name).mkdir()
        for name in ("keras", "json", "sitecustomize", "autograder"):
            trap = f"open({str(folder / 'temporary' / 'sprung')!r}, 'w')\n"
            (folder / "current" / f"{name}.py").write_text(trap)

    def grade_alone(self) -> Report:
        """Grade the honest submission by itself; this builds the data, too."""
        _write(self.folder / "alone" / "lone", {"submission.py": HONEST})
        command = self._command("alone", "alone-results")
        subprocess.run(command, env=self._environment(), check=True, capture_output=True)
        return _read(self.folder / "alone-results", "lone")

    @contextlib.contextmanager
    def bystander(self) -> Iterator[subprocess.Popen[bytes]]:
        """Keep a process alive that has nothing to do with it all."""
        with subprocess.Popen(["sleep", "3600"], env=self._environment()) as process:
            try:
                yield process
            finally:
                process.kill()

    def start(self) -> subprocess.Popen[bytes]:
        """Start a grader that waits for a line before it looks at the class.

        So its process id is known before the attacks are written.
        """
        return subprocess.Popen(
            ["sh", "-c", 'read go; exec "$@"', "sh", *self._command("class", "results")],
            env=self._environment(),
            cwd=self.folder / "current",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def assemble(
        self, siblings: Sequence[str], attacks: Sequence[Attack], grader: int, bystander: int
    ) -> None:
        """Write the class: each attack with all that an insider could tell it."""
        labels = next(self.folder.glob("cache/holdouts/*/sealed/holdout_labels.npy"))
        for name in siblings:
            _write(self.folder / "class" / name, {"submission.py": HONEST})
        for attack in attacks:
            canary = self.folder / "canaries" / attack.slug
            canary.write_text(f"canary {self.token}\n")
            known = {
                "SEED": _SEED,
                "LABELS": str(labels),
                "CANARY": str(canary),
                "GRADER": grader,
                "BYSTANDER": bystander,
                "CACHE": str(self.folder / "cache"),
                "CLASS": str(self.folder / "class"),
                "RESULTS": str(self.folder / "results"),
                "TEMPORARY": str(self.folder / "temporary"),
                "MARK": f"{mark_of(self.token)}-{attack.slug}",
                "NEEDLES": self._needles(labels),
            }
            insider = "".join(f"{name} = {value!r}\n" for name, value in known.items())
            sources = attack.sources() | {"insider.py": insider}
            _write(self.folder / "class" / attack.slug, sources)

    def _needles(self, labels: Path) -> dict[str, list[int]]:
        """Return what to look for in memory, as numbers: as bytes it would be found there."""
        first = np.load(labels)[:16]
        kinds = {f"labels as {kind}": first.astype(kind).tobytes() for kind in ("<i4", "<i8", "u1")}
        return {name: list(raw) for name, raw in (kinds | {"token": self.token.encode()}).items()}

    def reports(self) -> dict[str, Report]:
        """Return the reports by submission."""
        found = (self.folder / "results").glob("submissions/*/report.json")
        return {
            path.parent.name: _read(self.folder / "results", path.parent.name) for path in found
        }

    def judge(self, attack: Attack, report: Report | None, lone: Report) -> Outcome:
        """Hold what an attack came to against what it says about itself."""
        if report is None:
            return Outcome(attack, Verdict.INTERNAL_ERROR, 0.0, ("it has no report",), "")
        own = self.folder / "results" / "submissions" / attack.slug
        logs = sorted(own.glob("*.log"))
        log = "".join(path.read_text(encoding="utf-8", errors="replace") for path in logs)
        page = (own / "report.html").read_text(encoding="utf-8")
        timings = report.timings
        seconds = (timings.graded_at - timings.started_at).total_seconds()
        faults = (*_faults(attack, report, log, lone), *_faults_of_page(attack, page))
        return Outcome(attack, report.verdict, seconds, faults, log)

    def _command(self, submissions: str, results: str) -> list[str]:
        command = [sys.executable, "-P", "-c", _GRADE, "grade", str(self.folder / submissions)]
        command += ["--out", str(self.folder / results), "--config", str(self.folder / RULES.name)]
        return [*command, *self._options]

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "AUTOGRADER_CACHE": str(self.folder / "cache"),
            "AUTOGRADER_HOLDOUT_SEED": _SEED,
            "AUTOGRADER_TEST_SECRET": self.token,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(self.folder / "temporary"),
            "COLUMNS": "200",
        }


def _faults(attack: Attack, report: Report, log: str, lone: Report) -> Iterator[str]:
    rules = [finding.rule for finding in report.findings]
    if report.verdict is not attack.verdict:
        yield f"{report.verdict.name} {rules} instead of {attack.verdict.name} {report.note[-800:]}"
    elif attack.rule and not {*attack.rule.split(" or ")} & {*rules}:
        yield f"rule {rules} instead of {attack.rule}"
    if not attack.allowed:
        yield from (line[:300] for line in log.splitlines() if "GOT IN" in line)
    if attack.shows and attack.shows not in log:
        yield f"its log does not show {attack.shows!r}"
    if attack.flag and attack.flag not in report.flags:
        yield f"flags {report.flags} without {attack.flag}"
    replayed = str(report.replay.replayed) if report.replay else "none"
    if attack.replay and replayed not in attack.replay.split(" or "):
        yield f"replay {replayed} instead of {attack.replay}"
    if attack.verdict is not Verdict.GRADED:
        return
    if not attack.shows and "REFUSED" not in log:
        yield "nothing was refused, so nothing was tried"
    if not attack.own_weights and report.weights_sha256 != lone.weights_sha256:
        yield "its weights are not those of the honest network"
    if attack.at_most is not None and (report.score or 0) > attack.at_most:
        yield f"{report.score} points instead of {attack.at_most} at most"
    if attack.at_most is None and not attack.own_weights and report.score != lone.score:
        yield f"{report.score} points instead of the honest network's {lone.score}"


def _faults_of_page(attack: Attack, page: str) -> Iterator[str]:
    if attack.page_shows and attack.page_shows not in page:
        yield f"its page does not show {attack.page_shows!r}"
    if attack.page_lacks and attack.page_lacks in page:
        yield f"its page shows {attack.page_lacks!r}"


def _write_rules(folder: Path, *, pictures: bool) -> None:
    rules, wanted = RULES.read_text(encoding="utf-8"), f"pictures: {str(pictures).lower()}"
    (folder / RULES.name).write_text(rules.replace("pictures: false", wanted), encoding="utf-8")


def _weights(report: Report | None) -> str | None:
    return report.weights_sha256 if report else None


def _write(folder: Path, sources: Mapping[str, str]) -> None:
    folder.mkdir(parents=True)
    helpers = {name: (HERE / name).read_text(encoding="utf-8") for name in _HELPERS}
    for name, text in (helpers | dict(sources)).items():
        (folder / name).write_text(text, encoding="utf-8")


def _read(results: Path, name: str) -> Report:
    path = results / "submissions" / name / "report.json"
    return Report.from_json(path.read_text(encoding="utf-8"))
