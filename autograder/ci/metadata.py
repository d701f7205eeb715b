"""What Gradescope says about a submission: who handed it in, when, and when it was due.

`submission_metadata.json` is Gradescope's own, but names in it are what students call themselves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from autograder.errors import IntakeError
from autograder.models import Person, Submission
from autograder.names import printable


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Dates(_Part):
    due_date: AwareDatetime | None = None


class _User(_Part):
    """Somebody who handed it in; `sid` and the dates are there, though not documented."""

    id: int | str
    name: str | None = None
    sid: str | None = None
    email: str | None = None
    assignment: _Dates = _Dates()

    @property
    def person(self) -> Person:
        return Person(
            name=self.name or "",
            user_id=str(self.id),
            number=self.sid or "",
            email=self.email or "",
        )


class Metadata(_Part):
    """The parts of the document that matter here; others are passed over."""

    created_at: AwareDatetime
    assignment: _Dates = _Dates()
    users: tuple[_User, ...] = ()

    @property
    def due(self) -> datetime | None:
        """When it was due: for a team, what its member with the longest extension has."""
        extended = [user.assignment.due_date for user in self.users if user.assignment.due_date]
        return max(extended, default=self.assignment.due_date)

    def identified(self, submission: Submission) -> Submission:
        """Return the submission with who handed it in, when, and when it was due to them."""
        names = [printable(user.name) for user in self.users if user.name]
        ids = [printable(user.sid or str(user.id)) for user in self.users]
        return replace(
            submission,
            student_id="+".join(ids) or submission.student_id,
            name=", ".join(names),
            submitted_at=self.created_at,
            students=tuple(user.person for user in self.users),
            due=self.due,
        )


def load_metadata(path: Path) -> Metadata:
    """Read ``submission_metadata.json``.

    Raises:
        IntakeError: It is missing or says no time of submission.
    """
    try:
        return Metadata.model_validate_json(path.read_bytes())
    except OSError as error:
        raise IntakeError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise IntakeError(f"{path}: {where}: {problem['msg']}") from error
