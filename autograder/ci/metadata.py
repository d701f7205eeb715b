"""What Gradescope says about a submission: who handed it in, when, and when it was due.

`submission_metadata.json` is Gradescope's own, but names in it are what students call themselves.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from autograder.config import Config
from autograder.errors import IntakeError
from autograder.names import printable
from autograder.roster import Roster, Student, safe_id


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Dates(_Part):
    due_date: AwareDatetime | None = None


class _User(_Part):
    """Somebody who handed it in; `sid` and the dates are there, though not documented."""

    id: int | str
    name: str | None = None
    sid: str | None = None
    assignment: _Dates = _Dates()


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

    def roster(self, submission_id: str) -> Roster:
        """Return the class list of this one submission."""
        who = "+".join(printable(user.sid or str(user.id)) for user in self.users)
        name = ", ".join(printable(user.name) for user in self.users if user.name)
        id_ = safe_id(submission_id)
        return Roster((Student(id_, who or id_, name, self.created_at),))

    def rules(self, config: Config) -> Config:
        """Return the rules with the due time that Gradescope knows, extensions included."""
        if config.late is None or self.due is None:
            return config
        return config.model_copy(update={"late": config.late.model_copy(update={"due": self.due})})


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
