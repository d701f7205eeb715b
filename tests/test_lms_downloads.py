"""What each system's download comes to, from lists of names written down by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder import cli
from autograder.archives import Archive
from autograder.config import Config
from autograder.errors import IntakeError
from autograder.lms import blackboard, brightspace, canvas, github, gradescope, moodle
from autograder.lms.collecting import collect_class
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.recognise import FORMATS, NAMES, read_as, recognise
from autograder.lms.tree import CLASS_LIMITS, Tree, in_archive
from autograder.models import Person
from tests import lms_samples
from tests.lms_samples import CLASS, TEAMS, packed

RULES = {"version": 1, "rubric": [{"id": "a", "title": "A", "points": 1, "rules": ["signature"]}]}


def tree(files: Iterable[str] | dict[str, bytes]) -> Tree:
    contents = files if isinstance(files, dict) else dict.fromkeys(files, b"x = 1\n")
    return in_archive(Archive(io.BytesIO(packed(contents)), "class.zip", CLASS_LIMITS))


def one(download: Download) -> HandedIn:
    (handed_in,) = download.handed_in
    assert download.strays == ()
    return handed_in


def names(handed_in: HandedIn) -> list[str]:
    folder = handed_in.files.unwrapped()
    return [file.name for file in (*folder.sources, *folder.archives)]


# --- Canvas -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key", "person", "late", "file"),
    [
        ("schmidtanna_4821_99120_submission.py", "schmidtanna_4821", Person("schmidtanna", "4821"),
         False, "submission.py"),
        ("ærøjørgensensøren_LATE_17_3_submission-2.py", "ærøjørgensensøren_17",
         Person("ærøjørgensensøren", "17"), True, "submission-2.py"),
        ("sukarno_1_2_3_4_hw.py", "sukarno_1", Person("sukarno", "1"), False, "3_4_hw.py"),
        ("o_brien_7_8_hw.ipynb", "o_brien_7", Person("o_brien", "7"), False, "hw.ipynb"),
        ("王伟_40119_1_my notebook (1).ipynb", "王伟_40119", Person("王伟", "40119"), False,
         "my notebook (1).ipynb"),
        ("शर्माप्रिया_LATE_40136_1_a.zip", "शर्माप्रिया_40136", Person("शर्माप्रिया", "40136"),
         True, "a.zip"),
        ("anon_12_34_x.py", "anon_12", Person(), False, "x.py"),
        ("anon_aB3dE_LATE_34_x.py", "anon_aB3dE", Person(), True, "x.py"),
        ("anon_aB3dE_x.py", "anon_aB3dE", Person(), False, "x.py"),
    ],
)  # fmt: skip
def test_canvas_names(name: str, key: str, person: Person, late: bool, file: str) -> None:
    handed_in = one(canvas.read(tree([name])))
    assert (handed_in.key, handed_in.students, handed_in.late) == (key, (person,), late)
    assert names(handed_in) == [file]


def test_somebody_called_anon_is_not_anonymous_among_others() -> None:
    download = canvas.read(tree(["anon_12_34_x.py", "schmidtanna_13_35_x.py"]))
    assert [one.students[0].user_id for one in download.handed_in] == ["12", "13"]


@pytest.mark.parametrize("entry", ["a_LATE_7_text.html", "a_7_link.html", "a_7_99_text.html"])
def test_text_and_links_are_someones_who_handed_in_no_file(entry: str) -> None:
    handed_in = one(canvas.read(tree([entry])))
    assert handed_in.students == (Person("a", "7"),)
    assert names(handed_in) == []


def test_all_files_of_one_student_belong_together() -> None:
    files = ["a_7_21_blocks.py", "a_7_20_submission.py", "b_8_19_submission.py"]
    first, _ = canvas.read(tree(files)).handed_in
    assert names(first) == ["submission.py", "blocks.py"]
    assert first.sequence == 21


def test_what_canvas_would_not_write_is_left_over() -> None:
    download = canvas.read(tree(["a_7_21_x.py", "notes.txt", "b/c_1_2_x.py"]))
    assert len(download.handed_in) == 1
    assert sorted(download.strays) == ["b", "notes.txt"]


def test_no_number_of_canvas_has_thousands_of_digits() -> None:
    name = f"schmidtanna_4821_{'9' * 5000}_submission.py"
    assert canvas.read(tree([name, "a_1_2_x.py"])).strays == (name,)


# --- Moodle -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key", "person"),
    [
        ("Anna Schmidt_4821_assignsubmission_file/submission.py", "Anna Schmidt_4821",
         Person("Anna Schmidt", "4821")),
        ("Anna Schmidt_4821_assignsubmission_file_/submission.py", "Anna Schmidt_4821",
         Person("Anna Schmidt", "4821")),
        ("Anna Schmidt_4821_assignsubmission_file_submission.py", "Anna Schmidt_4821",
         Person("Anna Schmidt", "4821")),
        ("Sukarno_3_assignsubmission_file/a/b/submission.py", "Sukarno_3", Person("Sukarno", "3")),
        ("ஜெயா_3_assignsubmission_file/submission.py", "ஜெயா_3", Person("ஜெயா", "3")),
        ("Participant_77_assignsubmission_file/submission.py", "Participant_77",
         Person("", "77")),
    ],
)  # fmt: skip
def test_moodle_names(name: str, key: str, person: Person) -> None:
    handed_in = one(moodle.read(tree([name])))
    assert (handed_in.key, handed_in.students) == (key, (person,))
    assert names(handed_in) == ["submission.py"]


def test_moodles_word_for_a_participant_may_be_in_any_language() -> None:
    files = [f"Osallistuja_{i}_assignsubmission_file/submission.py" for i in (1, 2, 3)]
    download = moodle.read(tree(files))
    assert [one.students[0] for one in download.handed_in] == [
        Person("", "1"), Person("", "2"), Person("", "3"),
    ]  # fmt: skip


def test_what_was_typed_into_moodle_is_no_second_submission() -> None:
    handed_in = one(
        moodle.read(
            tree(
                [
                    "A B_1_assignsubmission_onlinetext/onlinetext.html",
                    "A B_1_assignsubmission_file/submission.py",
                ]
            )
        )
    )
    assert names(handed_in) == ["submission.py"]
    only_text = one(moodle.read(tree(["A B_1_assignsubmission_onlinetext/onlinetext.html"])))
    assert names(only_text) == []


# --- Blackboard ---------------------------------------------------------------------------------

ATTEMPT = "Road_signs 1_a_schmidt_attempt_2027-01-31-23-58-00"
RECEIPT = b"Name: Anna Schmidt (a_schmidt)\r\nAssignment: Road_signs 1\r\n"


def test_a_receipt_tells_where_the_username_begins() -> None:
    files = {f"{ATTEMPT}_submission.py": b"x = 1\n", f"{ATTEMPT}.txt": RECEIPT}
    handed_in = one(blackboard.read(tree(files)))

    assert handed_in.students == (Person("Anna Schmidt", username="a_schmidt"),)
    assert handed_in.submitted_at == datetime(2027, 1, 31, 23, 58)  # noqa: DTZ001
    assert (handed_in.key, names(handed_in)) == ("a_schmidt", ["submission.py"])


def test_without_receipts_all_names_begin_with_the_assignment() -> None:
    other = ATTEMPT.replace("a_schmidt", "wzhang")
    download = blackboard.read(tree([f"{ATTEMPT}_x.py", f"{other}_x.py"]))
    assert [one.key for one in download.handed_in] == ["a_schmidt", "wzhang"]


def test_every_attempt_is_there_with_its_time() -> None:
    later = ATTEMPT.replace("01-31-23", "02-01-09")
    files = {f"{name}_x.py": b"" for name in (ATTEMPT, later)} | {f"{ATTEMPT}.txt": RECEIPT}
    download = blackboard.read(tree(files))
    assert [(one.key, str(one.submitted_at)) for one in download.handed_in] == [
        ("a_schmidt", "2027-01-31 23:58:00"), ("a_schmidt", "2027-02-01 09:58:00"),
    ]  # fmt: skip


def test_a_student_cannot_write_a_receipt() -> None:
    forged = {f"{ATTEMPT}_x_attempt_2027-01-01-00-00-00.txt": b"Name: Ben (ben)\n"}
    files = forged | {f"{ATTEMPT}.txt": RECEIPT, f"{ATTEMPT}_submission.py": b""}
    assert one(blackboard.read(tree(files))).students[0].username == "a_schmidt"


# --- Brightspace --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "time"),
    [
        ("127413-258716 - Jane van der Doe - Oct 3, 2026 1159 PM", (2026, 10, 3, 23, 59)),
        ("127413-258716 - Jane van der Doe - Mar 3, 2027 1205 AM", (2027, 3, 3, 0, 5)),
        ("127413-258716 - Jane van der Doe - 3 October, 2026 905 AM", (2026, 10, 3, 9, 5)),
        ("127413-258716 - Jane van der Doe - 3 Oktober 2026 2159", (2026, 10, 3, 21, 59)),
    ],
)
@pytest.mark.parametrize("separator", ["/", " - "])
def test_brightspace_names(start: str, separator: str, time: tuple[int, ...]) -> None:
    handed_in = one(brightspace.read(tree([f"{start}{separator}my hw - final.py", "index.html"])))
    assert handed_in.students == (Person("Jane van der Doe"),)
    assert names(handed_in) == ["my hw - final.py"]
    assert handed_in.submitted_at == datetime(*time)  # type: ignore[arg-type]  # noqa: DTZ001


def test_a_file_may_have_lost_its_name() -> None:
    start = "117493-618463 - Jane van der Doe - Aug 29, 2026 208 PM"
    handed_in = one(brightspace.read(tree([f"{start}.py"])))
    assert (handed_in.key, handed_in.origin) == ("Jane van der Doe_117493-618463", start)
    assert names(handed_in) == [f"{start}.py"]


def test_a_name_with_a_dash_between_blanks_is_a_name() -> None:
    start = "1-2 - Anna - Schmidt - Oct 3, 2026 1159 PM"
    assert one(brightspace.read(tree([f"{start}/x.py"]))).students[0].name == "Anna - Schmidt"


# --- Gradescope ---------------------------------------------------------------------------------

METADATA = """\
---
submission_12:
  :submitters:
  - :name: Anna Schmidt
    :sid: '007'
    :email: anna@example.edu
  - :name: 王伟
    :sid: 1e3
    :email: wei@example.edu
  :created_at: 2027-01-31 22:58:00.123456000 Z
  :score: 3.0
  :history:
  - :id: 4
submission_13: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
  :submitters:
  - :sid:
    :email:
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2027-02-01 00:00:00.0 Z
submission_14:
  :submitters: []
"""


def test_gradescope_lists_teams_and_hides_the_anonymous() -> None:
    files = {f"submission_{i}/submission.py": b"" for i in (12, 13)}
    team, anonymous, empty = gradescope.read(
        tree(files | {"submission_metadata.yml": METADATA.encode()})
    ).handed_in

    assert team.students == (
        Person("Anna Schmidt", number="007", email="anna@example.edu"),
        Person("王伟", number="1e3", email="wei@example.edu"),
    )
    assert team.submitted_at == datetime(2027, 1, 31, 22, 58, 0, 123456, tzinfo=UTC)
    assert team.key == "007_1e3"
    assert (anonymous.key, anonymous.students) == ("submission_13", (Person(),))
    assert (empty.key, names(empty)) == ("submission_14", [])


def test_a_table_of_nonsense_is_said() -> None:
    with pytest.raises(IntakeError, match="is no table of Gradescope's"):
        gradescope.read(tree({"submission_metadata.yml": b"a: [}"}))


def test_yaml_that_would_run_something_runs_nothing() -> None:
    hostile = b"submission_1: !!python/object/apply:os.system ['exit 1']\n"
    with pytest.raises(IntakeError, match="is no table of Gradescope's"):
        gradescope.read(tree({"submission_metadata.yml": hostile}))


@pytest.mark.parametrize(
    "text",
    [
        ":submitters: true",
        ":submitters: [true, [], {}, {true: x}]",
        ":created_at: !!timestamp x",
        ":created_at: !!bool x",
        ":created_at: !!int ''",
        ":created_at: 2027-01-31 10:00:00 +99:99",
    ],
)
def test_what_is_not_as_it_should_be_in_a_table_is_passed_over(text: str) -> None:
    table = f"submission_1:\n  {text}\n"
    download = gradescope.read(tree({"submission_metadata.yml": table.encode()}))
    assert one(download).students == (Person(),)
    assert one(download).submitted_at is None


def test_a_damaged_table_in_a_students_archive_stops_nobody_else(tmp_path: Path) -> None:
    ada, bo = tmp_path / "ada.zip", tmp_path / "bo.py"
    ada.write_bytes(packed({"submission_metadata.yml": b"[" * 100_000, "x/my.py": b"x = 1\n"}))
    bo.write_bytes(b"x = 1\n")
    config = Config.model_validate(RULES)
    assert [one.id for one in collect_class([ada, bo], config).submissions] == ["ada", "bo"]
    # By itself it may be a class's export.
    with pytest.raises(IntakeError, match=r"ada\.zip: submission_metadata\.yml: .* too deeply"):
        collect_class([ada], config)


# --- GitHub Classroom ---------------------------------------------------------------------------


def clones(*folders: str) -> Tree:
    return tree([f"{folder}/{file}" for folder in folders for file in (".git/HEAD", "a.py")])


def test_github_names_are_told_by_the_folder_around_them() -> None:
    handed_in = one(github.read(clones("road-signs-anna-s"), "road-signs-submissions"))
    assert (handed_in.key, handed_in.students) == ("anna-s", (Person(github="anna-s"),))


def test_github_names_have_the_assignment_in_common() -> None:
    download = github.read(clones("road-signs-anna", "road-signs-an-other"), "hw1")
    assert [one.key for one in download.handed_in] == ["an-other", "anna"]


# --- telling them apart -------------------------------------------------------------------------


@pytest.mark.parametrize("class_", [CLASS, TEAMS], ids=["class", "teams"])
@pytest.mark.parametrize("format_", [format_.id for format_ in FORMATS])
def test_each_download_is_taken_for_what_it_is(
    format_: str, class_: tuple[lms_samples.Learner, ...]
) -> None:
    found = recognise(tree(lms_samples.FORMATS[format_](class_)), "download")
    assert found is not None
    assert found[0].id == format_
    assert len(found[1].handed_in) == len(lms_samples.handed_in(class_))


@pytest.mark.parametrize("format_", [format_.id for format_ in FORMATS])
def test_a_download_in_folders_beside_litter_is_found(format_: str) -> None:
    files = lms_samples.FORMATS[format_](CLASS)
    nested = {f"week 3/all/{name}": content for name, content in files.items()}
    found = recognise(tree(nested | {"__MACOSX/._x": b"", "week 3/.DS_Store": b""}), "download")
    assert found is not None
    assert found[0].id == format_


@pytest.mark.parametrize(
    "files",
    [
        ["submission.py"],
        ["anna.py", "ben.py", "carl/submission.py"],
        ["anna/submission.py", "ben/submission.py"],
        ["anna_1.py", "team_2_final.py"],
        ["submission_1/submission.py", "submission_2/submission.py"],
        ["a_7_21_x.py", "readme.txt", "notes.pdf"],
        [],
    ],
)
def test_plain_folders_are_no_download(files: list[str]) -> None:
    assert recognise(tree(files), "download") is None


def test_the_command_line_knows_every_format() -> None:
    assert cli._FORMATS == NAMES


def test_one_file_among_others_does_not_make_it_a_download() -> None:
    table = "".join(f"submission_{number}:\n  :submitters: []\n" for number in range(99))
    files = {"anna.py": b"", "ben.py": b"", "submission_metadata.yml": table.encode()}
    assert recognise(tree(files), "download") is None


def test_names_count_not_students() -> None:
    files = [f"a_7_{number}_part{number}.py" for number in range(5)]
    assert recognise(tree([*files, "readme.txt", "notes.pdf"]), "download") is not None


def test_whoever_says_what_it_is_is_believed() -> None:
    files = tree(["a_7_21_x.py", "readme.txt", "notes.pdf"])
    found = read_as("canvas", files, "download")
    assert found is not None
    assert len(found[1].handed_in) == 1
    assert read_as("moodle", files, "download") is None


def test_as_a_folder_each_thing_is_somebodys() -> None:
    found = read_as("folder", tree(["all/anna.py", "all/ben.zip", "all/c/x.py", "all/n.pdf"]), "x")
    assert found is not None
    assert sorted(one.key for one in found[1].handed_in) == ["anna", "ben", "c"]
    assert found[1].strays == ("n.pdf",)
