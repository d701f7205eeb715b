"""What can go wrong on our side or in how we were called. A student's fault is never here.

::

    AutograderError                 base of everything below
    ├── UserError                   the person at the keyboard can mend it       exit code 2
    │   ├── ConfigError             grading.yaml: file, line, key, expectation
    │   ├── DatasetError            data missing, unreadable or not as documented
    │   ├── IntakeError             a path given on the command line is unusable
    │   ├── ResultsError            the results folder is unusable or from another version
    │   └── SandboxUnavailableError this machine cannot isolate jobs
    └── InternalError               ours                                         exit code 3
        └── JobInfrastructureError  a job could not be run or watched; retried
            └── RunnerClosedError   we stopped all jobs ourselves; not retried

A submission that breaks a rule, crashes or runs out of time is a `Verdict` (see models.py).
"""

from __future__ import annotations

from pathlib import Path


class AutograderError(Exception):
    """Base of all errors raised on purpose by this package."""

    exit_code = 3


class UserError(AutograderError):
    """The command, its files or its machine have to change; the message says how."""

    exit_code = 2


class ConfigError(UserError):
    """A rule file is wrong. Names the file, the line and the key."""

    def __init__(self, message: str, path: Path, line: int | None = None, key: str | None = None):
        self.message, self.path, self.line, self.key = message, path, line, key
        where = str(path) if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {key}: {message}" if key else f"{where}: {message}")


class DatasetError(UserError):
    """The data set cannot be read or built."""


class IntakeError(UserError):
    """A path that was to be graded does not exist or holds nothing gradable."""


class ResultsError(UserError):
    """The results folder cannot be used."""


class SandboxUnavailableError(UserError):
    """This machine offers no isolation that we would trust with a student's code."""


class InternalError(AutograderError):
    """Our own fault. Never turns into a student's zero."""


class JobInfrastructureError(InternalError):
    """A job could not be started, watched or read; says nothing about the submission."""


class RunnerClosedError(JobInfrastructureError):
    """All jobs were ended on purpose, as after Ctrl-C; whoever waits for one gives up."""
