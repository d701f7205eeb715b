from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.config import LateConfig
from autograder.errors import InternalError
from autograder.late import grade, penalty

DUE = datetime(2027, 1, 31, 23, 0, tzinfo=UTC)
POLICY = LateConfig(due=DUE, points_per_day=10, grace_minutes=15, cap_points=35)


@pytest.mark.parametrize(
    ("late_by", "days", "points"),
    [
        (timedelta(days=-3), 0, 0),
        (timedelta(0), 0, 0),
        (timedelta(minutes=15), 0, 0),
        (timedelta(minutes=15, microseconds=1), 1, 10),
        (timedelta(days=1), 1, 10),
        (timedelta(days=1, microseconds=1), 2, 20),
        (timedelta(days=3), 3, 30),
        (timedelta(days=4), 4, 35),
        (timedelta(days=400), 400, 35),
    ],
)
def test_days_begun_since_the_due_time_cost_points(
    late_by: timedelta, days: int, points: float
) -> None:
    found = penalty(POLICY, DUE + late_by)
    assert (found.days, found.points) == (days, points)


def test_without_a_cap_the_penalty_grows_on() -> None:
    policy = POLICY.model_copy(update={"cap_points": None})
    assert penalty(policy, DUE + timedelta(days=40)).points == 400


def test_no_policy_costs_nothing() -> None:
    assert penalty(None, DUE + timedelta(days=40)).points == 0


def test_unknown_time_costs_nothing_and_says_so() -> None:
    found = penalty(POLICY, None)
    assert (found.points, found.days) == (0, 0)
    assert "not known" in found.reason


def test_time_without_a_zone_is_our_fault() -> None:
    with pytest.raises(InternalError, match="time zone"):
        penalty(POLICY, datetime(2027, 2, 1))  # noqa: DTZ001


def test_reason_says_how_late_and_what_it_costs() -> None:
    reason = penalty(POLICY, DUE + timedelta(days=3, hours=2, minutes=5)).reason
    assert "3 d 2 h 5 min after the due time (2027-01-31 23:00 UTC)" in reason
    assert "4 days begun, 10 points each, at most 35" in reason


def test_day_has_24_hours_where_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # Clocks go forward at 02:00 on 2027-03-28: noon to noon are 23 hours.
    policy = LateConfig(due=datetime(2027, 3, 27, 12, tzinfo=berlin), points_per_day=10)
    assert penalty(policy, datetime(2027, 3, 28, 13, 0, tzinfo=berlin)).days == 1
    assert penalty(policy, datetime(2027, 3, 28, 13, 0, 1, tzinfo=berlin)).days == 2


def test_time_zones_make_no_difference() -> None:
    moment = DUE + timedelta(hours=30)
    elsewhere = moment.astimezone(ZoneInfo("Asia/Tokyo"))
    assert penalty(POLICY, elsewhere) == penalty(POLICY, moment)


@given(st.timedeltas(timedelta(days=-10), timedelta(days=100)), st.timedeltas(timedelta(0)))
def test_handing_in_later_never_costs_less(late_by: timedelta, more: timedelta) -> None:
    earlier = DUE + late_by
    later = earlier + min(more, timedelta(days=1000))
    assert 0 <= penalty(POLICY, earlier).points <= penalty(POLICY, later).points <= 35


@pytest.mark.parametrize(("score", "points", "left"), [(80, 10, 70), (5, 10, 0), (0, 0, 0)])
def test_grade_is_never_below_zero(score: float, points: float, left: float) -> None:
    assert grade(score, points) == left


def test_an_own_due_time_stands_in_for_the_policys() -> None:
    own = DUE + timedelta(days=2)
    assert penalty(POLICY, DUE + timedelta(days=2), own_due=own).points == 0
    assert penalty(POLICY, DUE + timedelta(days=3), own_due=own).days == 1


def test_an_own_due_time_is_told_in_the_zone_of_the_course() -> None:
    policy = POLICY.model_copy(update={"due": DUE.astimezone(ZoneInfo("Europe/Berlin"))})
    found = penalty(policy, DUE, own_due=DUE + timedelta(days=1))
    assert "(2027-02-02 00:00 CET)" in found.reason


def test_a_late_mark_without_a_time_costs_nothing_and_is_told() -> None:
    found = penalty(POLICY, None, marked_late=True)
    assert (found.points, found.days) == (0, 0)
    assert found.reason.startswith("Marked as late where it was handed in, but the time")


def test_an_own_due_time_without_a_zone_is_our_fault() -> None:
    with pytest.raises(InternalError, match="without a time zone"):
        penalty(POLICY, DUE, own_due=DUE.replace(tzinfo=None))
