"""What the parts of a report are made of: texts and numbers that JSON can hold."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

_LONGEST_TEXT = 10_000


def _presentable(text: Any) -> Any:
    """Cut what would bloat a report, replace the half characters that JSON cannot hold."""
    if not isinstance(text, str):
        return text
    if len(text) > _LONGEST_TEXT:
        kept = _LONGEST_TEXT - 50  # room for the remark: reading it back must not cut again
        text = f"{text[:kept]}… ({len(text) - kept} characters left out)"
    return text.encode("utf-8", "replace").decode()


def _none_unless_finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of the range of dates in UTC") from None


Text = Annotated[str, BeforeValidator(_presentable)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Reported = Annotated[Number | None, BeforeValidator(_none_unless_finite)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Part(BaseModel):
    """A part of a report: immutable. Unknown fields are passed over, as docs promise readers."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)
