"""Files in folders and archives look alike, and none of them is trusted."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from autograder import data_files
from autograder.data_files import UnreadableError, opened
from autograder.errors import DatasetError


def write(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root


def test_folders_archives_and_single_files_come_together(tmp_path: Path) -> None:
    folder = write(tmp_path / "folder", "b/2.png", "a/1.png")
    with zipfile.ZipFile(folder / "more.zip", "w") as file:
        file.writestr("c/3.png", b"three")
    single = write(tmp_path, "answers.csv") / "answers.csv"
    with opened([folder, single]) as files:
        found = {str(file.path): file.read() for file in files}
        shown = [file.shown for file in files]
    assert found == {
        "a/1.png": b"a/1.png",
        "b/2.png": b"b/2.png",
        "more/c/3.png": b"three",
        "answers.csv": b"answers.csv",
    }
    assert str(folder / "more.zip" / "c" / "3.png") in shown


def test_what_programs_leave_behind_is_passed_over(tmp_path: Path) -> None:
    names = (".git/x.png", "a/.DS_Store", "__MACOSX/a/._1.png", "a/Thumbs.db", "a/._1.png")
    write(tmp_path, "a/1.png", *names)
    with opened([tmp_path]) as files:
        assert [str(file.path) for file in files] == ["a/1.png"]


def test_links_are_followed_and_never_in_circles(tmp_path: Path) -> None:
    folder = write(tmp_path / "folder", "a/1.png")
    elsewhere = write(tmp_path / "elsewhere", "2.png")
    (folder / "b").symlink_to(elsewhere)
    (folder / "a" / "around").symlink_to(folder)
    (folder / "a" / "3.png").symlink_to(tmp_path / "nothing")
    with opened([folder]) as files:
        assert [str(file.path) for file in files] == ["a/1.png", "a/3.png", "b/2.png"]
        with pytest.raises(UnreadableError, match="a link to nothing"):
            files[1].read()


def test_a_file_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "MAX_BYTES", 3)
    write(tmp_path, "a/long-name.png")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("1.png", b"1234")
    with opened([tmp_path]) as files:
        for one in files:
            with pytest.raises(UnreadableError, match=r"larger than|unpacks to more"):
                one.read()


def test_a_damaged_entry_is_named_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("1.png", b"some content")
    path.write_bytes(path.read_bytes().replace(b"some content", b"other stuff!"))
    with opened([path]) as files, pytest.raises(UnreadableError, match="damaged"):
        files[0].read()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_archive_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(DatasetError, match=r"x\.zip: "), opened([tmp_path]):
        pass


def test_a_changed_file_has_another_stamp(tmp_path: Path) -> None:
    write(tmp_path, "a/1.png")
    with opened([tmp_path]) as files:
        before = files[0].stamp
    (tmp_path / "a" / "1.png").write_bytes(b"longer than it was before")
    with opened([tmp_path]) as files:
        assert files[0].stamp != before
