"""Gradescope's metadata: who, when, and when it was due."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.ci.metadata import Metadata, load_metadata
from autograder.errors import IntakeError
from tests.sample_reports import CONFIG

CREATED = "2027-02-01T14:22:32.365935-07:00"
DUE = "2027-01-31T23:00:00.000000-07:00"
EXTENDED = "2027-02-02T23:00:00.000000-07:00"
DOCUMENT: dict[str, Any] = {
    "id": 123456,
    "created_at": CREATED,
    "assignment": {
        "due_date": DUE, "group_size": 4, "group_submission": True, "id": 25828,
        "course_id": 1234, "late_due_date": None, "release_date": DUE,
        "title": "Signs", "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [
        {"email": "ada@example.com", "id": 1234, "name": "Ada Lovelace"},
        {"email": "bo@example.com", "id": 1235, "name": "Bo\u202e", "sid": "s7"},
    ],
    "previous_submissions": [],
}  # fmt: skip


def metadata(**changes: Any) -> Metadata:
    return Metadata.model_validate_json(json.dumps(DOCUMENT | changes))


def test_the_roster_names_everybody_and_the_time_of_submission() -> None:
    student = metadata().roster("submission").find("submission")
    assert student is not None
    assert student.student_id == "1234+s7"
    assert student.name == "Ada Lovelace, Bo\N{REPLACEMENT CHARACTER}"
    assert student.submitted_at == datetime.fromisoformat(CREATED)


def test_the_due_time_is_gradescopes_the_penalty_ours() -> None:
    late = metadata().rules(CONFIG).late
    assert late is not None
    assert late.due == datetime.fromisoformat(DUE)
    assert late.points_per_day == 10


def test_an_extension_of_one_member_counts_for_the_team() -> None:
    users = [{"id": 1, "assignment": {"due_date": EXTENDED}}, {"id": 2, "name": None, "sid": None}]
    assert metadata(users=users).due == datetime.fromisoformat(EXTENDED)


def test_without_a_due_time_the_rules_keep_theirs() -> None:
    assert metadata(assignment={"due_date": None}).rules(CONFIG) is CONFIG


def test_without_a_late_policy_there_is_none() -> None:
    config = CONFIG.model_copy(update={"late": None})
    assert metadata().rules(config).late is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"created_at": "2027-02-01T14:22:32"}'])
def test_what_says_no_time_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "submission_metadata.json"
    path.write_text(content)
    with pytest.raises(IntakeError, match=r"submission_metadata\.json"):
        load_metadata(path)


def test_a_missing_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="cannot be read"):
        load_metadata(tmp_path / "none.json")
