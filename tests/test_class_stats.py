"""What a class as a whole says: numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.models import Verdict
from autograder.pages.class_stats import (
    FLAG_ORDER,
    SIMILAR,
    confusions,
    criteria_statistics,
    discrimination,
    flag_counts,
    flags_of,
    score_bins,
    verdict_counts,
)
from autograder.pages.class_words import FLAGS, VERDICTS
from autograder.reports.report import Flag
from tests.sample_class import criterion, ended, graded, holdout, mistakes

POINTS = st.integers(0, 1000).map(lambda number: number / 10)


def test_a_criterion_is_summed_up() -> None:
    points = [0.0, 4.0, 10.0, 10.0]
    reports = [
        graded(str(place), criteria=[criterion("a", won)]) for place, won in enumerate(points)
    ]

    (found,) = criteria_statistics(reports)

    assert (found.id, found.title, found.max_points) == ("a", "Criterion a", 10)
    assert (found.count, found.mean, found.median) == (4, 6.0, 7.0)
    assert (found.at_zero, found.at_full) == (1, 2)
    assert found.shares == (0.0, 0.4, 1.0, 1.0)
    assert found.discrimination is None  # there is no other criterion


def test_submissions_without_a_score_change_no_statistics() -> None:
    reports = [graded("ada", 70, [criterion("a", 7)])]
    missing = [ended("bob", Verdict.INTERNAL_ERROR), ended("cy", Verdict.REJECTED)]

    assert criteria_statistics([*missing, *reports]) == criteria_statistics(reports)


def test_a_check_that_crashed_is_no_zero() -> None:
    crashed = criterion("a", 0, value=None, passed=None)
    failed = criterion("a", 0, value=None, passed=False)
    reports = [graded("ada", criteria=[crashed]), graded("bob", criteria=[failed])]

    (found,) = criteria_statistics(reports)

    assert (found.count, found.at_zero) == (1, 1)


def test_a_criterion_that_nobody_was_judged_for_is_left_out() -> None:
    crashed = criterion("a", 0, value=None, passed=None)
    assert criteria_statistics([graded("ada", criteria=[crashed, criterion("b", 3)])])[0].id == "b"


def test_criteria_discriminate_against_the_rest_without_themselves() -> None:
    table = [(1, 2, 5), (2, 1, 5), (3, 4, 0), (4, 3, 0)]
    reports = [
        graded(
            str(row), criteria=[criterion(id_, won) for id_, won in zip("abc", points, strict=True)]
        )
        for row, points in enumerate(table)
    ]

    a, _, c = (found.discrimination for found in criteria_statistics(reports))

    # Rest of a: 7, 6, 4, 3 beside 1, 2, 3, 4. Rest of c: 3, 3, 7, 7 beside 5, 5, 0, 0.
    assert a is not None
    assert a.value == pytest.approx(-7 / math.sqrt(5 * 10))
    assert c is not None
    assert c.value == pytest.approx(-1)


def test_a_submission_with_an_open_criterion_does_not_discriminate() -> None:
    rows = [(1, 1), (2, 2), (3, 3)]
    complete = [
        graded(str(row), criteria=[criterion("a", one), criterion("b", other)])
        for row, (one, other) in enumerate(rows)
    ]
    half = graded("half", criteria=[criterion("a", 9), criterion("b", 0, value=None)])

    assert [one.discrimination for one in criteria_statistics([*complete, half])] == [
        one.discrimination for one in criteria_statistics(complete)
    ]


@pytest.mark.parametrize(
    "pairs",
    [[], [(1, 1), (2, 2)], [(1, 1), (1, 2), (1, 3)], [(1, 5), (2, 5), (3, 5)]],
    ids=["nobody", "two", "same points", "same rest"],
)
def test_discrimination_is_undefined(pairs: Sequence[tuple[float, float]]) -> None:
    assert discrimination(pairs) is None


def test_the_interval_of_a_correlation_is_that_of_fisher() -> None:
    # 28 pairs: the standard error of z is 1 / sqrt(25). Ten in each corner on the diagonal, four
    # in each of the others: r = (20 - 8) / 28.
    pairs = 10 * [(1, 1)] + 10 * [(0, 0)] + 4 * [(0, 1)] + 4 * [(1, 0)]
    found = discrimination(pairs)
    assert found is not None
    assert found.value == pytest.approx(12 / 28)
    assert math.atanh(found.low) == pytest.approx(math.atanh(12 / 28) - 1.959964 / 5, abs=1e-6)
    assert math.atanh(found.high) == pytest.approx(math.atanh(12 / 28) + 1.959964 / 5, abs=1e-6)


def test_three_submissions_say_next_to_nothing() -> None:
    found = discrimination([(1, 1), (2, 3), (3, 2)])
    assert found is not None
    assert (found.low, found.high) == (-1, 1)


@given(st.lists(st.tuples(POINTS, POINTS), max_size=30))
def test_discrimination_lies_in_its_interval(pairs: list[tuple[float, float]]) -> None:
    found = discrimination(pairs)
    if found is not None:
        assert -1 <= found.low <= found.value <= found.high <= 1


def test_scores_are_counted_by_range_and_full_marks_in_the_last() -> None:
    reports = [
        graded("a", 0), graded("b", 9.99), graded("c", 10), graded("d", 100), graded("e", 99),
        ended("f", Verdict.REJECTED), ended("g", Verdict.INTERNAL_ERROR),
    ]  # fmt: skip

    bins = score_bins(reports, 10)

    assert [bin_.graded for bin_ in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert [bin_.others for bin_ in bins] == [1] + 9 * [0]
    assert (bins[0].low, bins[0].high, bins[-1].high) == (0, 10, 100)


@given(st.lists(st.floats(0, 100), max_size=40), st.sampled_from([10, 20]))
def test_every_score_is_in_one_range(scores: list[float], count: int) -> None:
    bins = score_bins([graded(str(place), score) for place, score in enumerate(scores)], count)
    assert sum(bin_.graded for bin_ in bins) == len(scores)
    assert all(bin_.low < bin_.high for bin_ in bins)


def test_confusions_of_a_class_weigh_every_submission_the_same() -> None:
    reports = [
        # Three runs of ten images of class 0 each: 6 of 30.
        graded("a", metrics=holdout(runs=3, class_counts=(10, 40), mistakes=mistakes((0, 1, 6)))),
        graded(
            "b", metrics=holdout(class_counts=(10, 40), mistakes=mistakes((0, 1, 4), (1, 0, 8)))
        ),
        ended("c", Verdict.REJECTED),
    ]

    first, second = confusions(reports)

    assert (first.class_id, first.read_as, first.count, first.submissions) == (0, 1, 10, 2)
    assert first.share == pytest.approx((0.2 + 0.4) / 2)
    assert (second.class_id, second.count, second.submissions) == (1, 8, 1)
    assert second.share == pytest.approx((0 + 0.2) / 2)


def test_confusions_without_class_counts_have_no_share() -> None:
    few, many = mistakes((0, 1, 3)), mistakes((1, 0, 7))
    reports = [
        graded("a", metrics=holdout(mistakes=few)),
        graded("b", metrics=holdout(mistakes=many)),
    ]

    assert [(one.count, one.share) for one in confusions(reports)] == [(7, None), (3, None)]


def test_verdicts_are_counted_in_their_usual_order() -> None:
    reports = [ended("a", Verdict.INTERNAL_ERROR), ended("b", Verdict.REJECTED), graded("c")]
    assert list(verdict_counts(reports).items()) == [
        (Verdict.GRADED, 1), (Verdict.REJECTED, 1), (Verdict.INTERNAL_ERROR, 1),
    ]  # fmt: skip


def test_flags_are_counted_most_urgent_first_and_unknown_ones_last() -> None:
    reports = [graded("a", flags=["late", "zzz"]), graded("b", flags=["late", "replay-different"])]
    assert list(flag_counts(reports, {"a": ["b"]}).items()) == [
        ("replay-different", 1), ("similar", 1), ("late", 2), ("zzz", 1),
    ]  # fmt: skip


def test_similar_is_a_flag_only_where_others_are_named() -> None:
    assert flags_of(graded("a", flags=["late"]), {"a": ["b"]}) == ("similar", "late")
    assert flags_of(graded("a"), {"a": []}) == ()


def test_every_flag_has_its_place_and_its_words() -> None:
    known = {*get_args(Flag), SIMILAR}
    assert {*FLAG_ORDER} == {*FLAGS} == known
    assert {*VERDICTS} == {*Verdict}


def test_an_empty_class_has_empty_statistics() -> None:
    assert criteria_statistics([]) == ()
    assert confusions([]) == ()
    assert verdict_counts([]) == {}
    assert sum(bin_.graded + bin_.others for bin_ in score_bins([], 10)) == 0
