from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from autograder.code_tokens import code_tokens
from autograder.config_file import load_config
from autograder.intake import collect
from autograder.models import SourceFile
from autograder.similarity import (
    COMMON_COUNT,
    MAX_PARTNERS,
    SHOWN,
    Lines,
    Pair,
    Similarity,
    Work,
    compare,
)
from autograder.similarity_files import handed_out, read_similarity
from tests.works import (
    DISGUISES,
    INDEPENDENT,
    LIST,
    RESIDUAL,
    ROOT,
    SUBCLASS,
    TEMPLATE,
    half,
    student,
)

GIVEN = [SourceFile("submission.py", TEMPLATE, "submission.py")]
OTHERS = {name: text for name, text in INDEPENDENT.items() if text is not LIST}


def work(id_: str, *texts: str, weights: str | None = None, student_id: str = "") -> Work:
    files = tuple(SourceFile(f"m{number}.py", text, "x.py") for number, text in enumerate(texts))
    return Work(id_, student_id or id_, files, weights)


def class_of(**texts: str) -> list[Work]:
    return [work(id_, text) for id_, text in texts.items()]


def found(similarity: Similarity) -> set[tuple[str, str]]:
    return {(pair.first, pair.second) for pair in similarity.pairs}


def only(similarity: Similarity) -> Pair:
    (pair,) = similarity.pairs
    return pair


def words(source: str) -> str:
    return " ".join(token.text for token in code_tokens(source))


# --- what is alike ------------------------------------------------------------------------------


def test_who_works_alone_is_not_flagged() -> None:
    assert compare(class_of(**INDEPENDENT), GIVEN).pairs == ()


@pytest.mark.parametrize("disguise", DISGUISES)
def test_disguised_copies_are_found_and_nothing_else(disguise: str) -> None:
    copies = {f"{name}-copy": DISGUISES[disguise](text) for name, text in INDEPENDENT.items()}
    similarity = compare(class_of(**INDEPENDENT, **copies), GIVEN)
    assert found(similarity) == {(name, f"{name}-copy") for name in INDEPENDENT}
    for pair in similarity.pairs:
        assert min(pair.shared_first, pair.shared_second) > 0.95
        assert pair.passages


@pytest.mark.parametrize("name", OTHERS)
def test_half_a_copy_is_found(name: str) -> None:
    pair = only(compare(class_of(**OTHERS, copy=half(OTHERS[name], LIST)), GIVEN))
    assert (pair.first, pair.second) == (name, "copy")
    assert pair.shared_first > 0.6
    assert pair.verbatim > 0.6


def test_a_small_part_in_which_every_number_was_changed_is_not_found() -> None:
    """A known limit: docs/similarity.md says so."""
    part = SUBCLASS[SUBCLASS.index("class SqueezeExcite") : SUBCLASS.index("class SignNet")]
    copy = RESIDUAL + DISGUISES["retuned"](part)
    assert compare(class_of(a=SUBCLASS, copy=copy), GIVEN).pairs == ()


def test_networks_of_one_author_are_found() -> None:
    folder = ROOT / "tests/benchmarks/teaching/networks"
    networks = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.py"))}
    assert found(compare(class_of(**networks), GIVEN)) == {("residual", "vgg")}


def test_what_the_samples_share_is_found_and_the_others_are_left_alone() -> None:
    paths = [ROOT / "solutions/reference", *sorted((ROOT / "tests/submissions").iterdir())]
    submissions = collect(paths, load_config(ROOT / "grading.yaml"))
    works = [Work(one.id, one.id, one.files) for one in submissions]
    similarity = compare(works, handed_out(ROOT))
    one_network = {"eats-memory", "floods-stdout", "loops-for-ever", "notebook", "reads-labels"}
    one_network |= {"wrong-output-shape"}
    assert similarity.flags.keys() == one_network | {"no-augmentation", "reference"}
    assert similarity.flags["reference"] == ("no-augmentation",)


def test_a_large_class_that_read_the_same_lecture_has_few_pairs_and_its_copies_are_among_them() -> (
    None
):
    random = Random(5)
    texts = {f"s{number}": student(random) for number in range(100)}
    copies = {f"copy{n}": DISGUISES["everything"](texts[f"s{n}"]) for n in range(5)}
    pairs = found(compare(class_of(**texts, **copies), GIVEN))
    assert {(f"s{n}", f"copy{n}") for n in range(5)} <= pairs
    assert len(pairs) <= 8  # of 5,460


# --- what does not count ------------------------------------------------------------------------


def test_the_template_is_nobodys_own() -> None:
    own = "\ndef helper(a):\n    return [a + 1, a - 2, a * 3, a / 4, a % 5]\n"
    handed_in = {"a": TEMPLATE + own, "b": TEMPLATE}
    assert compare(class_of(**handed_in), GIVEN).pairs == ()
    assert compare(class_of(a=TEMPLATE, b=TEMPLATE), GIVEN).pairs == ()


def test_an_example_that_was_handed_out_is_nobodys_own() -> None:
    copies = class_of(a=LIST, b=DISGUISES["renamed"](LIST))
    assert len(compare(copies, GIVEN).pairs) == 1
    example = SourceFile("example.py", LIST, "example.ipynb")
    assert compare(copies, [*GIVEN, example]).pairs == ()


@pytest.mark.parametrize(("owners", "flagged"), [(COMMON_COUNT, True), (COMMON_COUNT + 1, False)])
def test_what_many_have_comes_from_the_lecture(owners: int, *, flagged: bool) -> None:
    lecture = {
        f"s{number}": LIST.replace("32,", f"{number + 11},").replace("0.05", f"0.{number + 11}")
        for number in range(owners)
    }
    assert bool(compare(class_of(**lecture), GIVEN).pairs) is flagged


def test_the_same_text_is_found_however_many_have_it() -> None:
    similarity = compare([work(f"s{number}", LIST) for number in range(COMMON_COUNT + 3)], GIVEN)
    assert similarity.pairs
    assert all(pair.same_text and pair.shared_first == 1 for pair in similarity.pairs)
    assert all(pair.passages for pair in similarity.pairs[:SHOWN])


def test_a_ring_is_found_however_large_it_is() -> None:
    ring = [DISGUISES[name](LIST) for name in ("renamed", "reordered", "recommented", "padded")]
    works = [work(f"s{number}", text) for number, text in enumerate(ring * 4)]
    similarity = compare(works, GIVEN)
    assert len(similarity.flags) == len(works) > COMMON_COUNT
    assert min(pair.shared_first for pair in similarity.pairs) > 0.9
    assert all(pair.passages for pair in similarity.pairs[:SHOWN])


def test_a_few_tokens_in_common_say_nothing() -> None:
    tiny = "def training_plan():\n    return {'epochs': 1, 'batch_size': [2, 3, 4, 5, 6, 7]}\n"
    assert compare(class_of(a=tiny, b=tiny.replace("1", "9")), GIVEN).pairs == ()


def test_nobody_is_compared_with_themselves() -> None:
    twice = [work("a", LIST, student_id="ann"), work("a-2", LIST, student_id="ann")]
    assert compare(twice, GIVEN).pairs == ()


# --- weights ------------------------------------------------------------------------------------


def test_the_same_weights_are_found_even_if_the_code_is_another() -> None:
    pair = only(compare([work("a", LIST, weights="f0"), work("b", RESIDUAL, weights="f0")], GIVEN))
    assert pair.same_weights
    assert pair.shared_first < 0.2
    assert not pair.same_text


def test_the_same_code_and_weights_are_one_pair() -> None:
    pair = only(compare([work("a", LIST, weights="f0"), work("b", LIST, weights="f0")], GIVEN))
    assert pair.same_weights
    assert pair.same_text


def test_weights_that_there_are_none_of_are_not_the_same() -> None:
    assert compare([work("a", LIST), work("b", RESIDUAL)], GIVEN).pairs == ()


# --- what comes of it ---------------------------------------------------------------------------


def test_passages_name_the_lines_on_both_sides() -> None:
    copied = LIST.split("\n\n\n")
    moved = "\n\n\n".join(["import keras\nfrom keras import layers", copied[2], copied[1]])
    pair = only(compare([work("a", LIST), work("b", "x = 1", moved)], GIVEN))
    first, second = LIST.split("\n"), moved.split("\n")
    assert {passage.second.file for passage in pair.passages} == {1}
    for passage in pair.passages:
        one, other = passage.first, passage.second
        assert first[one.first - 1 : one.last] == second[other.first - 1 : other.last]
    network = max(pair.passages, key=lambda passage: passage.first.last - passage.first.first)
    assert network.first == Lines(0, 6, 22)


def test_the_most_alike_come_first() -> None:
    texts = {**OTHERS, "half": half(OTHERS["subclass"], LIST), "same": OTHERS["adding"]}
    pairs = compare(class_of(**texts), GIVEN).pairs
    assert [(pair.first, pair.second) for pair in pairs] == [
        ("adding", "same"),
        ("subclass", "half"),
    ]


def test_flags_go_both_ways() -> None:
    similarity = compare(class_of(a=LIST, b=LIST, c=RESIDUAL), GIVEN)
    assert similarity.flags == {"a": ("b",), "b": ("a",)}


def test_a_ring_is_told_by_the_strongest_pairs_of_each() -> None:
    similarity = compare([work(f"s{number}", LIST) for number in range(40)], GIVEN)
    assert similarity.left_out + len(similarity.pairs) == 40 * 39 // 2
    assert len(similarity.pairs) <= 40 * MAX_PARTNERS
    assert len(similarity.flags) == 40


def test_nobody_and_one_alone_are_alike_nobody() -> None:
    assert compare([], GIVEN) == Similarity(0, ())
    assert compare([work("a", LIST)]) == Similarity(1, ())
    assert compare([work("a"), work("b"), work("c", "")]) == Similarity(3, ())


def test_the_order_of_files_and_the_seed_of_hashes_make_no_difference() -> None:
    one, other = LIST.split("\n\n\n")[1:3]
    pair = only(compare([work("a", one, other), work("b", other, one)]))
    assert pair.same_text
    assert pair.shared_first == 1


# --- tokens -------------------------------------------------------------------------------------


def test_imports_in_any_way_give_the_same_tokens() -> None:
    ways = [
        "from keras import layers\nx = layers.Conv2D(8, 3, padding='same')(x)",
        "import keras\nx = keras.layers.Conv2D(8, 3, padding='same')(x)",
        "import tensorflow as tf\ny = tf.keras.layers.Conv2D(8, 3, padding='same',)(y)",
        'from keras.layers import Conv2D as C\nz = C(16, (5), padding="valid")(\n  z)  # mine',
    ]
    assert {words(way) for way in ways} == {"V = Conv2D ( N , N , padding = S ) ( V )"}


def test_what_pads_a_program_is_left_out() -> None:
    padded = (
        'def f(a: int) -> int:\n    """Why."""\n    b = 1\n    print(a)\n    pass\n    return (a)'
    )
    assert words(padded) == words("def g(q):\n    return q") == "def return V"


def test_own_names_are_alike_and_those_of_libraries_are_not() -> None:
    assert words("self.turn = help_me(first, count=1)") == "V . V = V ( V , count = N )"
    assert words("def f(count): f(count=1)") == "def V ( V = N )"
    assert words("images.shape[0]") == "V . shape [ N ]"


def test_other_quotes_are_the_same_text() -> None:
    one, other = code_tokens("f('a', 2)"), code_tokens('f(r"a", 2)')
    assert [token.exact for token in one] == [token.exact for token in other]
    assert one[2].exact == "a"


def test_tokens_know_their_lines_and_blocks() -> None:
    tokens = code_tokens('x = f("""a\nb""")\ndef g():\n    return 2\n\n\nclass A:\n  def h(): z()')
    places = [(token.line, token.block) for token in tokens if token.text in {"f", "def", "class"}]
    assert places == [(3, 2), (7, 3), (8, 4)]


HOSTILE = {
    "blank lines": " \n" * 8192,
    "open brackets": "(" * 16384,
    "closing brackets": ")" * 16384,
    "quotes": '"' * 16383,
    "triple quotes": "'''" * 5461,
    "backslashes": "\\" * 16384,
    "half f-strings": 'f"{' * 5461,
    "half texts": "'\\\n" * 5461,
    "imports": "import a as " * 1365,
    "half a signature": "def f(" + "a:[" * 5000,
    "zeros": "\x00" * 16384,
    "digits": "1" * 16384,
    "dots": "a." * 8192,
    "one line again and again": "x = f(x)\n" * 1820,
    "bidi marks": "\u202e\u2066" * 4000,
    "half a pair": "x = '\ud800' + \ud800\n" * 800,
    "unicode names": "\u017felf.\xaa\xba = \uff46\uff4f\uff52(\U0001d538)\n" * 800,
    "deep nesting": "[" * 4000 + "]" * 4000,
    "many functions": "def f(a): return a\n" * 862,
    "@": "@" * 16384,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_takes_a_time_in_proportion_to_its_length(text: str) -> None:
    begin = time.process_time()
    similarity = compare([work("a", text), work("b", text + "\nx=f(1)")])
    assert time.process_time() - begin < 10  # some 0.2 s
    assert similarity.compared == 2


@pytest.mark.parametrize("share", ["1e999", "-0.5", "2"])
def test_a_stored_share_that_is_none_is_not_read(tmp_path: Path, share: str) -> None:
    pair = f'{{"first": "a", "second": "b", "shared_first": {share}, "shared_second": 1, '
    pair += '"verbatim": 1, "same_text": false, "same_weights": false}'
    (tmp_path / "similarity.json").write_text(f'{{"compared": 2, "pairs": [{pair}]}}')
    assert read_similarity(tmp_path) is None
    text = (tmp_path / "similarity.json").read_text()
    text = text.replace(f'"shared_first": {share}', '"shared_first": 0.5')
    (tmp_path / "similarity.json").write_text(text)
    assert read_similarity(tmp_path) is not None
