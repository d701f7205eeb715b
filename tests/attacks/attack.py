"""What an attack says about itself, in the comments that open its file.

::

    # Reads the labels of the holdout by their path.
    # verdict: GRADED
    # stopped by: Landlock

First, in plain words, what it tries. Then:

* ``verdict``: the one it has to get;
* ``rule``: of the finding that goes with any verdict but GRADED;
* ``stopped by``: the layer that it meets;
* ``shows``: words that its log must hold, where nothing is REFUSED in it;
* ``flag``: what the report has to be flagged with, so that a person looks;
* ``replay``: what a clean job has to come to, as the report has it;
* ``allowed``: why what it reaches is no secret, where GOT IN is no fault;
* ``pictures``: "kept" where it is graded by rules that keep pictures, in a class of its own;
* ``page shows``: words that its report's page must hold, as they stand in the HTML;
* ``page lacks``: words that the page must not hold;
* ``weights``: "its own" where it does not train the honest network;
* ``at most``: the points that a forgery may come to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.models import Verdict

PAYLOADS = Path(__file__).parent / "payloads"
_LINE = re.compile(
    "(verdict|rule|stopped by|shows|flag|replay|allowed|pictures|page shows|page lacks|weights|"
    "at most): (.+)"
)


@dataclass(frozen=True)
class Attack:
    """One file or folder below payloads/.

    Attributes:
        slug: Its name; also of its submission.
        path: The file, or the folder of a submission.py and what comes with it.
        tries: What it tries, in plain words.
        verdict: The one that it has to get.
        rule: Of the finding that goes with it; empty for GRADED.
        stopped_by: The layer that it meets.
        shows: Words that its log must hold.
        flag: That its report must carry; empty for none.
        replay: What its report must say of the replay; empty for anything.
        allowed: Why it may get where it gets; empty if it must not.
        pictures: Whether its rules keep pictures.
        page_shows: What its report's page must hold; empty for anything.
        page_lacks: What the page must not hold; empty for nothing.
        own_weights: Whether it trains something else than the honest network.
        at_most: Points that it may come to; None for any.
    """

    slug: str
    path: Path
    tries: str
    verdict: Verdict
    rule: str
    stopped_by: str
    shows: str
    flag: str
    replay: str
    allowed: str
    pictures: bool
    page_shows: str
    page_lacks: str
    own_weights: bool
    at_most: float | None

    @classmethod
    def read(cls, path: Path) -> Attack:
        """Read what a file, or the submission.py in a folder, says about itself."""
        main = path / "submission.py" if path.is_dir() else path
        prose: list[str] = []
        found: dict[str, str] = {}
        for line in main.read_text(encoding="utf-8").splitlines():
            if not line.startswith("# "):
                break
            match = _LINE.fullmatch(line[2:])
            if match:
                found[match[1]] = match[2]
            elif not found:
                prose.append(line[2:])
        return cls(
            slug=path.stem,
            path=path,
            tries=" ".join(prose),
            verdict=Verdict[found["verdict"]],
            rule=found.get("rule", ""),
            stopped_by=found["stopped by"],
            shows=found.get("shows", ""),
            flag=found.get("flag", ""),
            replay=found.get("replay", ""),
            allowed=found.get("allowed", ""),
            pictures=found.get("pictures") == "kept",
            page_shows=found.get("page shows", ""),
            page_lacks=found.get("page lacks", ""),
            own_weights=found.get("weights") == "its own",
            at_most=float(found["at most"]) if "at most" in found else None,
        )

    def sources(self) -> dict[str, str]:
        """Return its files by name."""
        if not self.path.is_dir():
            return {"submission.py": self.path.read_text(encoding="utf-8")}
        return {file.name: file.read_text(encoding="utf-8") for file in self.path.iterdir()}


def all_attacks() -> tuple[Attack, ...]:
    """Return every attack, by name."""
    paths = (path for path in PAYLOADS.iterdir() if path.suffix == ".py" or path.is_dir())
    return tuple(Attack.read(path) for path in sorted(paths) if path.name != "__pycache__")
