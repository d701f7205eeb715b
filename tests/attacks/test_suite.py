"""The suite itself: it would see it if something got through."""

from __future__ import annotations

import pytest

from autograder.models import Verdict
from tests.attacks.attack import PAYLOADS, Attack, all_attacks
from tests.attacks.proofs import canaries, claim_of, leftovers, secrets
from tests.attacks.suite import open_folder, run


@pytest.mark.parametrize("attack", all_attacks(), ids=lambda attack: attack.slug)
def test_an_attack_says_what_it_tries_and_what_becomes_of_it(attack: Attack) -> None:
    assert attack.tries.endswith(".")
    assert (attack.verdict is Verdict.GRADED) == (not attack.rule)


@pytest.mark.sandbox
def test_without_a_sandbox_the_same_attacks_get_in_and_are_noticed() -> None:
    """Only with attacks that hurt nothing but the suite's own files."""
    names = ("labels-by-path", "disk-canary", "environment-secrets")
    attacks = [Attack.read(PAYLOADS / f"{name}.py") for name in names]
    with open_folder() as folder:
        campaign = run(folder, attacks, "--no-sandbox")
    assert campaign.isolation == "none"
    for outcome in campaign.outcomes:
        assert any("GOT IN" in fault for fault in outcome.faults), outcome
    broken = {proof.claim for proof in campaign.proofs if proof.faults}
    assert {claim_of(canaries), claim_of(secrets)} <= broken
    assert claim_of(leftovers) not in broken
