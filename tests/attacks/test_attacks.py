"""Every attack, graded in one class: each has its verdict, and nothing leaked or changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.attack import Attack, all_attacks
from tests.attacks.proofs import PROOFS, claim_of
from tests.attacks.suite import Campaign, run_all
from tests.attacks.world import adopt_orphans

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(1800)]

ATTACKS = all_attacks()


@pytest.fixture(scope="module")
def campaign() -> Iterator[Campaign]:
    adopt_orphans(wanted=True)
    try:
        yield run_all(ATTACKS)
    finally:
        adopt_orphans(wanted=False)


def test_there_are_attacks_of_every_kind() -> None:
    kinds = {attack.slug.partition("-")[0] for attack in ATTACKS}
    assert kinds == set(
        "cache disk environment evidence kernel labels memory model network output patch proc "
        "process results signal time".split()
    )
    assert len(ATTACKS) >= 100


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.slug)
def test_an_attack_gets_its_verdict_and_nothing_else(campaign: Campaign, attack: Attack) -> None:
    outcome = next(one for one in campaign.outcomes if one.attack == attack)
    assert not outcome.faults, outcome.log[-4000:]


@pytest.mark.parametrize("claim", [claim_of(proof) for proof in PROOFS])
def test_after_all_attacks(campaign: Campaign, claim: str) -> None:
    proof = next(proof for proof in campaign.proofs if proof.claim == claim)
    assert not proof.faults
