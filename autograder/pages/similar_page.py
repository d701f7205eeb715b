"""The page of submissions that are alike: `similar.html`, for those who grade, and nobody else.

Covers: code, names and file names that would be read as markup, that hide or turn what they say,
or that have no end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from autograder.code_shingles import SHINGLE
from autograder.pages.environment import template
from autograder.pages.side_by_side import Row, listing
from autograder.pages.texts import count, label, name, percent
from autograder.reports.files import write_whole
from autograder.reports.report import Report
from autograder.similarity import SHOWN, Lines, Pair, Similarity, Work, compare
from autograder.similarity_files import (
    class_sha256,
    handed_out,
    read_similarity,
    read_works,
    write_similarity,
)

PAGE_FILE = "similar.html"
MAX_ROWS = 500
MAX_CODE_ROWS = 12_000
_LONGEST_NAME = 40


@dataclass(frozen=True)
class _Side:
    """One of the two submissions of a pair.

    Attributes:
        name: Of whoever handed it in.
        id: Of the submission.
        href: Of its own page.
        share: Of its own code that is in the other one.
        rows: Its code.
    """

    name: str
    id: str
    href: str
    share: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _PairView:
    sides: tuple[_Side, _Side]
    verbatim: str
    facts: tuple[str, ...]
    in_words: str


def publish_similarity(out: Path, reports: Sequence[Report], root: Path) -> Similarity:
    """Compare all submissions in a folder of results; write what comes of it, and its page.

    Args:
        out: Folder of results, with the reports in it.
        reports: Those that are compared.
        root: Folder of grading.yaml, where ``assignment/`` holds what was handed out.

    Raises:
        ResultsError: The disk refused.
    """
    works = read_works(out, reports)
    similarity = replace(compare(works, handed_out(root)), class_sha256=class_sha256(reports))
    write_similarity(out, similarity)
    _write_page(out, similarity, works, reports)
    return similarity


def republish_similarity(out: Path, reports: Sequence[Report], root: Path) -> Similarity:
    """Write the page again from what is stored; compare unless that is of this class. As above."""
    similarity = stored_similarity(out, reports)
    if similarity is None:
        return publish_similarity(out, reports, root)
    _write_page(out, similarity, read_works(out, reports), reports)
    return similarity


def stored_similarity(out: Path, reports: Sequence[Report]) -> Similarity | None:
    """Return what comparing just these submissions came to, if that is stored."""
    similarity = read_similarity(out)
    is_theirs = similarity and similarity.class_sha256 == class_sha256(reports)
    return similarity if is_theirs else None


def _write_page(
    out: Path, similarity: Similarity, works: Sequence[Work], reports: Sequence[Report]
) -> None:
    page = render_similar_page(similarity, works, reports)
    write_whole(out / PAGE_FILE, page.encode("utf-8", "replace"))


def render_similar_page(
    similarity: Similarity, works: Sequence[Work], reports: Sequence[Report]
) -> str:
    """Return the page as HTML that needs nothing else.

    Args:
        similarity: What is shown.
        works: The submissions that were compared.
        reports: Theirs; for names.
    """
    by_id = {work.id: work for work in works}
    named = {report.submission.id: report.submission.name for report in reports}
    pairs: list[_PairView] = []
    shown = room = 0
    for pair in similarity.pairs[:MAX_ROWS]:
        with_code = shown < SHOWN and room < MAX_CODE_ROWS
        pairs.append(_view(pair, by_id, named, with_code=with_code))
        shown += with_code
        room += sum(len(side.rows) for side in pairs[-1].sides)
    return template("similar.html").render(
        title=name(reports[0].assignment) if reports else "",
        tiles=_tiles(similarity),
        pairs=pairs,
        shown=pairs[:shown],
        left_out=similarity.left_out + len(similarity.pairs) - len(pairs),
        count=count,
        shingle=SHINGLE,
    )


def _tiles(similarity: Similarity) -> tuple[tuple[str, str], ...]:
    return (
        (f"{similarity.compared:,}", "submissions compared"),
        (f"{len(similarity.pairs):,}", "pairs to look at"),
        (f"{len(similarity.flags):,}", "submissions in them"),
    )


def _view(
    pair: Pair, works: Mapping[str, Work], names: Mapping[str, str], *, with_code: bool
) -> _PairView:
    def side(id_: str, share: float, lines: Sequence[Lines]) -> _Side:
        rows = listing(works[id_].files, lines) if with_code and id_ in works else ()
        href = f"submissions/{quote(id_, safe='')}/report.html"
        return _Side(
            label(names.get(id_) or id_, _LONGEST_NAME), name(id_), href, percent(share), rows
        )

    facts = [("same text", pair.same_text), ("same weights", pair.same_weights)]
    return _PairView(
        sides=(
            side(pair.first, pair.shared_first, [passage.first for passage in pair.passages]),
            side(pair.second, pair.shared_second, [passage.second for passage in pair.passages]),
        ),
        verbatim=percent(pair.verbatim),
        facts=tuple(fact for fact, holds in facts if holds),
        in_words=_in_words(pair),
    )


def _in_words(pair: Pair) -> str:
    """Say what the two have in common."""
    if pair.same_text:
        said = "They say the same, letter by letter."
    else:
        said = (
            f"{percent(pair.shared_first)} of the first one's own code is in the second, "
            f"{percent(pair.shared_second)} of the second one's in the first, whatever names, "
            f"numbers and texts they use; {percent(pair.verbatim)} with the same numbers and texts."
        )
    if not pair.same_weights:
        return said
    if pair.same_text:
        return f"{said} So training came to the same weights, which tells nothing more."
    return (
        f"{said} Training came to the same weights, to the last bit: network, augmentation and "
        "plan do exactly the same."
    )
