"""Valid inputs, bent. Random bytes end at a reader's first line; these get past it.

`bent` changes the structure of a document, `bent_bytes` the bytes of a file wherever they stand,
`bent_files` does either or both. All of it hangs on one seed and a number of changes, which is
all that Hypothesis draws: so inputs seldom repeat, and a failure still shrinks to fewer changes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

ODD_TEXTS = (
    "", " ", "\0", "\n", "\r\n", "\t", "\ufeff", "\ufffe", "\ud800", "\udfff\ud800", "\u2028",
    "\x85", "\x1b[2J\x1b]0;title\x07", "\u202egnp.exe\u202c", "\u200b", "e\u0301", "🇩🇪",
    "\U0010ffff",
    ".", "..", "../../../x", "/", "C:\\x", "~", "~nobody-such", "con", "NUL.txt", "-rf", ".hidden",
    "=1+1", "@x", "'", '"', '""', ",", ";", "|", "`", "``` \n# x", "<script>x</script>", "&lt;",
    "![x](http://x.example)", "::error::x", "##[error]x", "{0}", "%s", "%n", "$HOME", "{{ x }}",
    "NaN", "Infinity", "-1", "1e999", "0x10", "1_000", "²", "٣", "null", "true", "None",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2027-13-01", "__class__", "a" * 300,
    "ä" * 12_000, "9" * 5000, "(" * 3000, "x" * 100_000,
)  # fmt: skip
ODD_NUMBERS = (
    0, 1, -1, 2, 43, 255, 256, 2**31 - 1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**18,
    10**400, -(10**400), 10**4299, -(10**4299), 0.0, -0.0, 0.5, 1.0, 1e-320, 1e308, -1e308, 1e16,
    float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
_ODD_INTS = [number for number in ODD_NUMBERS if isinstance(number, int)]
_ODD_FLOATS = [number for number in ODD_NUMBERS if isinstance(number, float)]
# What parsers trip over, whatever they parse.
TOKENS = (
    b"\0", b"\n", b"\r", b"\r\n", b"\t", b" ", b",", b";", b":", b'"', b"'", b"\\", b"#", b"-",
    b"[", b"]", b"{", b"}", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\\ud800", b"\\u0000", b"NaN", b"-Infinity", b"1e999", b"-0",
    b"9" * 5000, b"null", b"\xe2\x80\xae", b"\x1b[2J", b"\x0c", b"[" * 2000, b'{"":' * 2000,
    b"(" * 2000, b"a" * 140_000,
)  # fmt: skip
_ENCODINGS = ("utf-16", "utf-8-sig", "latin-1", "utf-32")
T = TypeVar("T")


def grown(bend: Callable[[Random, int], T]) -> SearchStrategy[T]:
    """What ``bend`` makes of a random generator and a number of changes."""
    # Above 24 bits Hypothesis prefers small numbers, and inputs would repeat.
    seeds = st.integers(0, 2**24 - 1)
    return st.tuples(seeds, st.integers(1, 3)).map(lambda drawn: bend(Random(drawn[0]), drawn[1]))


def texts() -> SearchStrategy[str]:
    """Odd text, half characters (surrogates) included."""
    odd = st.sampled_from(ODD_TEXTS)
    any_text = st.text(st.characters(codec=None), max_size=20)
    return st.one_of(odd, any_text, st.tuples(odd, any_text, odd).map("".join))


def bent(document: Any, words: Sequence[Any] = ()) -> SearchStrategy[Any]:
    """Copies of a JSON-like document with a few changes of its structure.

    ``words`` are values that mean something in such a document.
    """
    return grown(lambda random, changes: _bend(random, document, words, changes))


def _bend(random: Random, document: Any, words: Sequence[Any], changes: int) -> Any:
    root = [copy.deepcopy(document)]  # in a list, so that all of it can be replaced
    # Half of them keep to the types, and so get past what checks those.
    gentle = random.random() < 0.5
    for _ in range(changes):
        _Bend(random, root, words).make(gentle=gentle)
    return root[0]


class _Bend:
    """One change of one place in a document."""

    def __init__(self, random: Random, root: list[Any], words: Sequence[Any]) -> None:
        self._random, self._root, self._words = random, root, words
        self._holder, self._key = self._place()

    def make(self, *, gentle: bool) -> None:
        kept = [self._nudge, self._nudge, self._blank, self._reword, self._repeat]
        others = [self._replace, self._drop, self._rename, self._add, self._nest, self._copy]
        self._random.choice(kept if gentle else kept + others)()

    def _place(self) -> tuple[Any, Any]:
        """Return a container and a key or index in it."""
        waiting: list[Any] = [self._root]
        places: list[tuple[Any, Any]] = []
        while waiting and len(places) < 1000:
            holder = waiting.pop()
            for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
                places.append((holder, key))
                if isinstance(holder[key], dict | list):
                    waiting.append(holder[key])
        return self._random.choice(places)

    def _leaf(self) -> Any:
        plain: list[Any] = [None, True, False, [], {}, self._random.getrandbits(70) - 2**69]
        odd: list[Sequence[Any]] = [ODD_NUMBERS, ODD_TEXTS, plain, self._words or plain]
        return copy.deepcopy(self._random.choice(self._random.choice(odd)))

    def _text(self) -> str:
        code_points = self._random.choices(range(0x11_0000), k=self._random.randrange(5))
        any_text = "".join(map(chr, code_points))
        return self._random.choice([any_text, any_text + self._random.choice(ODD_TEXTS)])

    def _nudge(self) -> None:
        """Change the value, but not its type."""
        match self._holder[self._key]:
            case bool(value):
                self._set(not value)
            case int(value):
                near = value + self._random.randint(-9, 9)
                self._set(self._random.choice([near, self._random.choice(_ODD_INTS)]))
            case float(value):
                like = value * self._random.uniform(-2, 2)
                self._set(self._random.choice([like, self._random.choice(_ODD_FLOATS)]))
            case str(value):
                at = self._random.randint(0, len(value))
                self._set(value[:at] + self._text() + value[at:])
            case None:
                self._set(self._leaf())
            case value:
                self._set(type(value)())

    def _set(self, value: Any) -> None:
        self._holder[self._key] = value

    def _blank(self) -> None:
        self._set(None)

    def _reword(self) -> None:
        self._set(copy.deepcopy(self._random.choice(self._words or [None])))

    def _replace(self) -> None:
        self._set(self._leaf())

    def _drop(self) -> None:
        if self._holder is not self._root:
            del self._holder[self._key]

    def _rename(self) -> None:
        if isinstance(self._holder, dict):
            self._holder[self._text()] = self._holder.pop(self._key)

    def _add(self) -> None:
        value = self._holder[self._key]
        if isinstance(value, dict):
            value[self._text()] = self._leaf()
        elif isinstance(value, list):
            value.append(self._leaf())

    def _repeat(self) -> None:
        value = self._holder[self._key]
        if isinstance(value, list | str):
            most = 300 if isinstance(value, list) else 20_000
            self._set((value * self._random.choice([2, 3, 70, 1000]))[:most])

    def _nest(self) -> None:
        for _ in range(self._random.choice([1, 2, 100])):
            value = self._holder[self._key]
            self._set(self._random.choice([[value], {"": value}]))

    def _copy(self) -> None:
        """Put one part where another was."""
        holder, key = self._place()
        self._set(copy.deepcopy(holder[key]))


def bend_text(random: Random, text: str, tokens: Sequence[str], changes: int) -> str:
    """Return the same with so many changes; never half of a character."""
    raw = [token.encode("utf-8", "replace") for token in tokens]
    return bend_bytes(random, text.encode(), raw, changes).decode("utf-8", "replace")


def bent_bytes(valid: bytes, tokens: Sequence[bytes] = ()) -> SearchStrategy[bytes]:
    """Valid bytes with a few changes: flips, cuts, copies, odd tokens, other encodings."""
    return grown(lambda random, changes: bend_bytes(random, valid, tokens, changes))


def bend_bytes(random: Random, data: bytes, tokens: Sequence[bytes], changes: int) -> bytes:
    """Return the same with so many changes."""
    for _ in range(changes):
        data = _bend_once(random, data, tokens)
    return data


def _bend_once(random: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    start, end = sorted(random.randint(0, len(data)) for _ in range(2))
    head, tail = data[:start], data[start:]
    match random.choice("flip insert insert insert delete copy pieces pieces cut recode".split()):
        case "flip":
            tail = random.randbytes(random.randint(1, 4)) + tail[1:]
        case "insert":
            tail = random.choice(random.choice([tokens or TOKENS, TOKENS])) + tail
        case "delete":
            tail = tail[random.choice([end - start, 1, 4]) :]
        case "copy":
            tail = tail[: end - start][:5000] + tail
        case "cut":
            tail = b""
        case "pieces":
            head, tail = b"", _bend_pieces(random, data)
        case "recode":
            text = data.decode("utf-8", "replace")
            head, tail = b"", text.encode(random.choice(_ENCODINGS), "replace")
    return head + tail


def _bend_pieces(random: Random, data: bytes) -> bytes:
    """Double, drop or exchange what stands between separators: lines, cells, keys and values."""
    separator = random.choice([b"\n", b",", b":"])
    pieces = data.split(separator)
    one, other = (random.randrange(len(pieces)) for _ in range(2))
    match random.choice("double drop exchange".split()):
        case "double":
            pieces.insert(other, pieces[one])
        case "drop":
            del pieces[one]
        case "exchange":
            pieces[one], pieces[other] = pieces[other], pieces[one]
    return separator.join(pieces)


def bent_files(
    document: Any,
    dump: Callable[[Any], bytes],
    tokens: Sequence[bytes] = (),
    words: Sequence[Any] = (),
) -> SearchStrategy[bytes]:
    """Files of a format: most bent in structure, others in bytes, or in both."""
    whole = dump(document)

    def bend(random: Random, changes: int) -> bytes:
        match random.choice("structure structure structure bytes both".split()):
            case "structure":
                return dump(_bend(random, document, words, changes))
            case "bytes":
                return bend_bytes(random, whole, tokens, changes)
        return bend_bytes(random, dump(_bend(random, document, words, 1)), tokens, 1)

    return grown(bend)


def dump_json(document: Any) -> bytes:
    """JSON as Python writes it: with NaN, and with half characters as escapes."""
    return json.dumps(document, indent=1).encode()


def bent_json(document: Any, words: Sequence[Any] = ()) -> SearchStrategy[bytes]:
    """JSON files, bent like any other."""
    return bent_files(document, dump_json, words=words)
