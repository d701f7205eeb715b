"""`make attack`: run every attack and show what stopped it, as this user and as an ordinary one.

Exit code 1 if anything got through. Arguments are beginnings of names, for some of the attacks
only; ``--once`` leaves out the ordinary user; ``--json`` prints what came of it for a program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.attacks import machines
from tests.attacks.attack import all_attacks
from tests.attacks.suite import Campaign, run_all
from tests.attacks.world import adopt_orphans


def main(arguments: list[str]) -> int:
    """Run the attacks; return the exit code."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    campaign = _run(names)
    if "--json" in arguments:
        sys.stdout.write(json.dumps(asdict(campaign), default=str))
    else:
        _show(campaign)
    as_ordinary_user = 0
    if os.geteuid() == 0 and "--once" not in arguments:
        sys.stdout.flush()
        command = [sys.executable, "-m", "tests.attacks", "--once", *names]
        as_ordinary_user = subprocess.run(
            [*machines.on("ordinary-user"), *command], check=False
        ).returncode
        if as_ordinary_user == machines.CANNOT:
            Console().print("skipped: the run as an ordinary user; the reason is above")
            as_ordinary_user = 0
    return 0 if campaign.held and as_ordinary_user == 0 else 1


def _run(names: list[str]) -> Campaign:
    attacks = [attack for attack in all_attacks() if attack.slug.startswith(tuple(names or [""]))]
    adopt_orphans(wanted=True)
    return run_all(attacks)


def _show(campaign: Campaign) -> None:
    console = Console()
    user = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
    table = Table("attack", "stopped by", "verdict", "seconds", title=f"Attacks, graded as {user}")
    for outcome in campaign.outcomes:
        style = "bold red" if outcome.faults else ""
        words = (outcome.attack.slug, outcome.attack.stopped_by, outcome.verdict.name)
        table.add_row(*words, f"{outcome.seconds:.1f}", style=style)
    console.print(table)
    for outcome in campaign.outcomes:
        for fault in outcome.faults:
            console.print(escape(f"{outcome.attack.slug}: {fault}"), style="red")
    for proof in campaign.proofs:
        console.print(escape(f"{'no: ' if proof.faults else 'yes:'} {proof.claim}"))
        for fault in proof.faults:
            console.print(escape(f"     {fault}"), style="red")
    held = "all held" if campaign.held else "NOT ALL HELD"
    count, seconds = len(campaign.outcomes), campaign.seconds
    console.print(f"{count} attacks, {held}; isolation {campaign.isolation}; {seconds:.0f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
