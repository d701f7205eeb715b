"""The checks of pages find what they are for: each sees a bad page, and nothing in a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import checks, samples
from tests.browser.visits import Visit, Visitor

GOOD = Path(__file__).with_name("good.html").read_text(encoding="utf-8")


BAD: tuple[tuple[checks.Check, str, str, str], ...] = (
    (checks.overflowing, "360 px: sticks out", "<h2>", "<p style='width: 400px'>Wide</p><h2>"),
    (checks.overflowing, "1440 px: sticks out", "<h2>", "<p style='width: 1500px'>Wide</p><h2>"),
    (
        checks.overflowing,
        "360 px: sticks out",
        "<h2>",
        "<style>body { overflow: hidden }</style><p style='width: 400px'>Wide</p><h2>",
    ),
    (
        checks.overflowing,
        "is cut off",
        "<h2>",
        "<p style='width: 50px; height: 9px; overflow: hidden'>Text that goes on</p><h2>",
    ),
    (checks.overflowing, "leaves its drawing", 'x="90"', 'x="190"'),
    (checks.overflowing_in_print, "is cut off", "@media print", "@media tv"),
    (checks.overflowing_in_print, "sticks out", "<h2>", "<p style='width: 720px'>Wide</p><h2>"),
    (checks.faint_by_day, '"Steps"', "fill: var(--ink)", "fill: #999"),
    (checks.faint_by_day, '"Loss"', 'style="fill: #fff"', 'style="fill: #555"'),
    (checks.faint_by_day, '"Up"', 'href="#top"', 'href="#top" style="opacity: 0.4"'),
    (
        checks.faint_by_day,
        '"Sort"',
        "<h2>",
        "<style>h2::before { content: 'Sort'; color: #aaa }</style><h2>",
    ),
    (
        checks.faint_by_day,
        '"Name"',
        "<h2>",
        "<style>::placeholder { color: #999 }</style><input placeholder=Name><h2>",
    ),
    (checks.faint_by_night, '"Signs"', "--ink: #eee", "--ink: #555"),
    (
        checks.faint_by_day,
        '"Later"',
        "</main>",
        "<div style='margin-top: 9999px; content-visibility: auto; color: #aaa'>Later</div></main>",
    ),
    (checks.inaccessible, "html-has-lang", 'lang="en"', ""),
    (checks.inaccessible, "image-alt", 'alt=""', ""),
    (checks.inaccessible, "color-contrast", "<h1>", '<h1 style="color: #ddd; background: #fff">'),
    (checks.untold, "no lang", 'lang="en"', ""),
    (checks.untold, "there are 2 h1", "h2>", "h1>"),
    (checks.untold, "h1 is followed by", "h2>", "h3>"),
    (checks.untold, "empty", "Curves", ""),
    (checks.untold, "no alt", "Stop", ""),
    (checks.untold, "no alt", 'alt=""', ""),
    (checks.untold, "no role=img", 'aria-label="Loss falls"', ""),
    (checks.untold, "needs a script", "<h2>", "<canvas></canvas><h2>"),
    (checks.untold, "no headers", "<th", "<td"),
    (checks.untold, "no scope", 'scope="col"', ""),
    (checks.untold, "no caption", "caption>", "b>"),
    (checks.untold, "ragged", "<td>80</td>", "<td>80</td><td>9</td>"),
    (checks.foreign, "src=", "data:image/png", "http://localhost:1/image/png"),
    (checks.foreign, "href=", "submissions/ada", "javascript:submissions/ada"),
    (checks.foreign, "href=", "submissions/ada", "//elsewhere/ada"),
    (checks.foreign, "onclick", "<h1>", "<h1 onclick='1'>"),
    (checks.foreign, "is there", "<h2>", "<iframe></iframe><h2>"),
    (checks.foreign, "style sheet", "figure {", "figure { background: url(x.png);"),
    (checks.foreign, "href=", "</head>", "<link rel=preconnect href='http://localhost:1'></head>"),
    (checks.cut_in_print, "too high", 'height="99"', 'height="1300"'),
    (checks.cut_in_print, "too high", "figure {", "h1 { height: 1100px; break-inside: avoid } i {"),
    (
        checks.cut_in_print,
        "from sheet 1 to 2",
        "<figure>",
        "<div style='height: 700px'></div><figure style='break-inside: auto'>" + "<p>More</p>" * 9,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def good(visitor: Visitor) -> Visit:
    return visitor.open(GOOD)


@pytest.mark.parametrize("check", checks.SOUND, ids=lambda check: check.__name__)
def test_nothing_is_wrong_with_a_good_page(good: Visit, check: checks.Check) -> None:
    assert check(good) == []


@pytest.mark.parametrize(("check", "found", "old", "new"), BAD)
def test_a_bad_page_is_found(
    visitor: Visitor, check: checks.Check, found: str, old: str, new: str
) -> None:
    assert old in GOOD
    with visitor.open(GOOD.replace(old, new)) as visit:
        sentences = check(visit)
    assert any(found in sentence for sentence in sentences), sentences


@pytest.mark.parametrize(
    ("trouble", "part"),
    [
        ("console: oh", "<script>console.error('oh')</script>"),
        ("console: well", "<script>console.warn('well')</script>"),
        ("exception: oh", "<script>throw new Error('oh')</script>"),
        ("dialog: oh", "<script>alert('oh')</script>"),
        ("window: ", "<script>open('about:blank#oh')</script>"),
        ("request: http://localhost:1/", "<img alt='A sign' src='http://localhost:1/'>"),
        ("request: file:///etc/", "<img alt='A sign' src='file:///etc/sign.png'>"),
        ("request: http://localhost:1/", "<script>fetch('http://localhost:1/')</script>"),
    ],
)
def test_what_a_page_does_is_seen(visitor: Visitor, trouble: str, part: str) -> None:
    visit = visitor.open(GOOD.replace("<h2>", f"{part}<h2>"))
    assert any(found.startswith(trouble) for found in visit.troubles), visit.troubles


def test_a_page_that_does_nothing_is_no_trouble(good: Visit) -> None:
    assert good.troubles == []


def test_a_page_can_be_opened_without_scripts(visitor: Visitor) -> None:
    script = "<script>document.title = 'changed'; console.error('oh')</script>"
    visit = visitor.open(GOOD.replace("<h2>", f"{script}<h2>"), scripts=False)
    assert visit.page.title() == "Signs"
    assert visit.troubles == []
    assert checks.untold(visit) == []


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("<p>{}</p>", 0),
        ("<p>{}</p>", 1),
        ("<p title='{}'>A sign</p>", 2),
        ("<p>{}</p>", 3),
        ("<p>{}</p>", 4),
        ('<a href="{}">A sign</a>', 5),
        ("<p>{}</p>", 6),
    ],
)
def test_hostile_texts_run_where_nothing_is_escaped(
    visitor: Visitor, place: str, number: int
) -> None:
    text = place.replace("{}", samples.HOSTILE[number])
    with visitor.open(GOOD.replace("<h2>", f"{text}<h2>")) as visit:
        samples.provoke(visit)
        assert samples.ran(visit)
        assert any("ran" in trouble for trouble in visit.troubles)
