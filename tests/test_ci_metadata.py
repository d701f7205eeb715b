"""Gradescope's metadata: who, when, and when it was due."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.ci.metadata import Metadata, load_metadata
from autograder.errors import IntakeError
from tests.sample_reports import SUBMISSION, report

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


def test_everybody_is_named_and_the_time_of_submission() -> None:
    known = metadata().identified(SUBMISSION)
    assert known.student_id == "1234+s7"
    assert known.name == "Ada Lovelace, Bo\N{REPLACEMENT CHARACTER}"
    assert known.submitted_at == datetime.fromisoformat(CREATED)
    assert [person.email for person in known.students] == ["ada@example.com", "bo@example.com"]
    assert known.id == SUBMISSION.id


def test_the_due_time_is_gradescopes_the_penalty_ours() -> None:
    known = metadata().identified(SUBMISSION)
    assert known.due == datetime.fromisoformat(DUE)
    assert report(submission=known).late.points == 10


def test_an_extension_of_one_member_counts_for_the_team() -> None:
    users = [{"id": 1, "assignment": {"due_date": EXTENDED}}, {"id": 2, "name": None, "sid": None}]
    known = metadata(users=users).identified(SUBMISSION)
    assert known.due == datetime.fromisoformat(EXTENDED)
    assert report(submission=known).late.points == 0


def test_without_a_due_time_that_of_the_rules_holds() -> None:
    assert metadata(assignment={"due_date": None}).identified(SUBMISSION).due is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"created_at": "2027-02-01T14:22:32"}'])
def test_what_says_no_time_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "submission_metadata.json"
    path.write_text(content)
    with pytest.raises(IntakeError, match=r"submission_metadata\.json"):
        load_metadata(path)


def test_a_missing_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="cannot be read"):
        load_metadata(tmp_path / "none.json")
