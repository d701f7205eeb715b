"""Times as systems write them for people: read where there is no doubt, else not at all."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, tzinfo

# How months begin in English, German, French, Spanish, Portuguese, Italian and Dutch.
_MONTHS = {
    1: ("jan", "gen", "ene"), 2: ("feb", "fév", "fev"), 3: ("mar", "mär", "mrz", "maa"),
    4: ("apr", "avr", "abr"), 5: ("may", "mai", "mag", "mei"), 6: ("jun", "juin", "giu"),
    7: ("jul", "juil", "lug"), 8: ("aug", "aoû", "ago"), 9: ("sep", "set"),
    10: ("oct", "okt", "out", "ott"), 11: ("nov",), 12: ("dec", "dez", "déc", "dic"),
}  # fmt: skip
_TIME = (
    r"(?P<hour>\d{1,2}?):?(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_DATES = (
    r"(?P<day>\d{1,2})\.?\s(?:de\s)?(?P<month>[^\W\d]{3,})\.?,?\s(?:de\s)?(?P<year>\d{4})",
    r"(?P<month>[^\W\d]{3,})\.?\s(?P<day>\d{1,2}),\s(?P<year>\d{4})",
)
_SPOKEN = tuple(
    re.compile(rf"(?:[^\W\d]+\.?,?\s)?{date},?\s(?:at\s|um\s)?{_TIME}(?:\sUhr)?") for date in _DATES
)
_NUMERIC = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S.%f %z", "%Y-%m-%d-%H-%M-%S")


def parse(text: str) -> datetime | None:
    """Return a time, without a zone where none is written; None where it cannot be read.

    Days and months that are both numbers are read in ISO order alone: 02/03 is two dates.
    """
    text = " ".join(text.split())
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    for shape in _NUMERIC:
        with suppress(ValueError):
            return datetime.strptime(text.replace(" UTC", " +0000"), shape)  # noqa: DTZ007
    match = next(filter(None, (shape.fullmatch(text) for shape in _SPOKEN)), None)
    return _spoken(match) if match else None


def in_zone(time: datetime | None, zone: tzinfo | None) -> datetime | None:
    """Return an instant: a wall clock is taken to hang in the zone; None if there is none.

    Also None for years that no course knows, in which zones lead out of the calendar.
    """
    if time is None or not 1970 <= time.year < 3000:
        return None
    if time.tzinfo is not None:
        return time
    return time.replace(tzinfo=zone) if zone else None


def order(time: datetime | None) -> float:
    """Return what to sort by: wall clocks among themselves, none first."""
    if time is None or not 1970 <= time.year < 3000:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _spoken(match: re.Match[str]) -> datetime | None:
    word = match["month"].casefold()
    month = next((number for number, starts in _MONTHS.items() if word.startswith(starts)), None)
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    if month is None:
        return None
    with suppress(ValueError):
        day, minute, second = int(match["day"]), int(match["minute"]), int(match["second"] or 0)
        return datetime(int(match["year"]), month, day, hour, minute, second)  # noqa: DTZ001
    return None
