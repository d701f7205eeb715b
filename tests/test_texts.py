"""Texts of others as they stand on a page."""

from __future__ import annotations

import time

import pytest

from autograder.pages.texts import count, label, message, name, percent, prose


def test_prose_marks_code_and_escapes_all_else() -> None:
    assert prose("Use `a<b>` & <i>") == "Use <code>a&lt;b&gt;</code> &amp; &lt;i&gt;"
    assert prose("Use `a < b`,\n <b>not</b> ``c`` ` ") == (
        "Use <code>a &lt; b</code>, &lt;b&gt;not&lt;/b&gt; <code>c</code> `"
    )


def test_what_cannot_be_seen_is_seen() -> None:
    assert prose("a\u202eb\x07\x1b[31mc") == "a\ufffdb\ufffdc"
    assert name("a\u2066\nb") == "a\ufffd b"


def test_prose_of_nothing_but_marks_is_read_once() -> None:
    began = time.process_time()
    assert len(prose("`" * 100_000)) == 100_000
    assert time.process_time() - began < 10  # going back at each of them: minutes


def test_long_names_keep_both_ends_and_labels_the_first() -> None:
    assert name("a" * 150 + "b" * 150) == "a" * 100 + "…" + "b" * 100
    assert label("abcdef", 4) == "abc…"
    assert label("abcd", 4) == "abcd"


def test_a_message_of_several_lines_is_a_block() -> None:
    assert message("one `line`\n") == "<p>one <code>line</code></p>"
    assert message("\ntwo\n  <lines>\n") == '<pre class="wrapped">two\n  &lt;lines&gt;</pre>'
    assert message(" \n") == ""


def test_numbers_have_their_nouns() -> None:
    assert [count(1, "run"), count(1200, "image"), count(2, "class", "classes")] == [
        "1 run", "1,200 images", "2 classes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"),
        (0.0001, "< 0.1 %"),
        (0.002, "0.2 %"),
        (0.124, "12 %"),
        (0.9964, "99.6 %"),
        (0.99999, "> 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_what_is_not_quite_none_or_all_does_not_read_so(share: float, said: str) -> None:
    assert percent(share) == said
