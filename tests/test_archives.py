from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from pathlib import PurePosixPath

import pytest

from autograder.archives import Archive, ArchiveLimits, archive_folder, open_archive
from autograder.models import Finding, Location

SOURCE = b"x = 1\n"
ROOM = 1 << 24


def pack(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of these files; names are not changed in any way."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            add(archive, name, data, method)
    return buffer.getvalue()


def add(
    archive: zipfile.ZipFile, name: str, data: bytes = SOURCE, method: int = zipfile.ZIP_DEFLATED
) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("x")
    entry.filename, entry.compress_type = name, method
    archive.writestr(entry, data)
    return entry


def opened(data: bytes, limits: ArchiveLimits | None = None) -> Archive:
    archive = open_archive(io.BytesIO(data), "hw.zip", limits)
    assert isinstance(archive, Archive), archive
    return archive


def refused(data: bytes, limits: ArchiveLimits | None = None) -> Finding:
    finding = open_archive(io.BytesIO(data), "hw.zip", limits)
    assert isinstance(finding, Finding), finding.files
    assert finding.hint
    assert finding.location == Location("hw.zip")
    return finding


def read(archive: Archive, name: str = "submission.py", room: int = ROOM) -> bytes | Finding:
    return archive.read(PurePosixPath(name), room)


def unreadable(archive: Archive, name: str = "submission.py", room: int = ROOM) -> Finding:
    finding = read(archive, name, room)
    assert isinstance(finding, Finding)
    assert finding.hint
    return finding


def paths(archive: Archive) -> list[str]:
    return [str(path) for path in archive.files]


# --- honest archives ----------------------------------------------------------------------------


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_was_packed_is_read(method: int) -> None:
    archive = opened(pack({"submission.py": SOURCE, "hw/blocks.py": b"y = 2\n"}, method))
    assert paths(archive) == ["hw/blocks.py", "submission.py"]
    assert read(archive, "submission.py") == SOURCE
    assert read(archive, "hw/blocks.py") == b"y = 2\n"


def test_a_folder_in_an_archive_looks_like_one_on_the_disk() -> None:
    rubbish = {"__MACOSX/hw/._submission.py": b"", "hw/.DS_Store": b"", "hw/Notes.pdf": b""}
    ours = {"hw/submission.py": SOURCE, "hw/blocks.py": SOURCE, "hw/data/x.csv": b"", "hw/a/": b""}
    folder = archive_folder(opened(pack({**ours, "hw/old.zip": b"", **rubbish}))).unwrapped()

    assert [file.name for file in folder.sources] == ["blocks.py", "submission.py"]
    assert [file.name for file in folder.archives] == ["old.zip"]
    assert list(folder.folders) == ["a", "data"]
    assert folder.sources[1].read(ROOM) == SOURCE


def test_an_archive_in_front_of_which_something_stands_is_read() -> None:
    assert read(opened(b"#!/bin/sh\n" + pack({"submission.py": SOURCE}))) == SOURCE


def test_backslashes_of_old_windows_tools_are_separators() -> None:
    assert paths(opened(pack({"hw\\submission.py": SOURCE}))) == ["hw/submission.py"]


def test_names_of_macos_are_utf8_though_nothing_says_so() -> None:
    raw = "gro\u0308ße.py".encode()
    data = pack({"x" * len(raw): SOURCE}).replace(b"x" * len(raw), raw)
    assert paths(opened(data)) == ["gr\u00f6ße.py"]
    assert read(opened(data), "gr\u00f6ße.py") == SOURCE


def test_names_of_dos_are_what_they_were() -> None:
    data = pack({"xber.py": SOURCE}).replace(b"xber.py", "über.py".encode("cp437"))
    assert paths(opened(data)) == ["über.py"]


# --- names that leave the archive ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../submission.py", "outside"),
        ("hw/../../submission.py", "outside"),
        ("..\\submission.py", "outside"),
        ("notes/../../../etc/cron.d/x.txt", "outside"),
        ("/submission.py", "absolute"),
        ("//server/share/submission.py", "absolute"),
        ("\\submission.py", "absolute"),
        ("C:\\submission.py", "absolute"),
        ("c:submission.py", "absolute"),
        ("/", "absolute"),
        ("./", "without a name"),
        ("", "without a name"),
    ],
)
def test_a_name_that_leaves_the_archive_is_refused(name: str, why: str) -> None:
    finding = refused(pack({"submission.py": SOURCE, name: SOURCE}))
    assert finding.rule == "archive"
    assert why in finding.message


def test_a_name_that_goes_on_after_a_nul_is_refused() -> None:
    data = pack({"submission.py": SOURCE, "blocks.py?.pdf": SOURCE}).replace(b".py?", b".py\0")
    assert "NUL" in refused(data).message


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_special_files_are_refused(kind: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("submission.py")
        entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    finding = refused(buffer.getvalue())
    assert finding.rule == "archive"
    assert "link" in finding.message


@pytest.mark.parametrize("other", ["submission.py", "./submission.py", ".//submission.py"])
def test_a_name_that_comes_twice_is_refused(other: str) -> None:
    stand_in = "?" * len(other)
    data = pack({"submission.py": SOURCE, stand_in: SOURCE})
    assert refused(data.replace(stand_in.encode(), other.encode())).rule == "archive"


def test_a_header_with_another_name_than_the_table_of_contents_is_damage() -> None:
    data = pack({"submission.py": SOURCE}).replace(b"submission.py", b"submissiom.py", 1)
    assert "damaged" in unreadable(opened(data)).message


def test_odd_characters_of_names_do_not_reach_a_message() -> None:
    finding = refused(pack({"../\u202e\x1b[31m.py": SOURCE}))
    assert finding.message.isprintable()
    assert len(refused(pack({"../" + "a" * 60_000: SOURCE})).message) < 300


# --- bombs --------------------------------------------------------------------------------------


def test_unpacking_ends_at_the_room_there_is() -> None:
    archive = opened(pack({"submission.py": bytes(range(256)) * 400}, zipfile.ZIP_STORED))
    assert unreadable(archive, room=50_000).rule == "too-large"
    assert len(read(archive, room=102_400)) == 102_400  # type: ignore[arg-type]


def test_all_that_is_read_counts_together() -> None:
    files = {f"part{number}.py": b"#" * 40_000 for number in range(4)}
    archive = opened(pack(files, zipfile.ZIP_STORED), ArchiveLimits(unpacked_bytes=100_000))
    found = [read(archive, name) for name in files]
    assert [isinstance(data, bytes) for data in found] == [True, True, False, False]


def test_what_a_header_claims_about_sizes_is_not_believed() -> None:
    honest = pack({"submission.py": b"#" * 100_000})
    size = struct.pack("<L", 100_000)
    assert honest.count(size) == 2
    assert "damaged" in unreadable(opened(honest.replace(size, struct.pack("<L", 10)))).message
    huge = honest.replace(size, struct.pack("<L", 0xFFFF_FFF0))
    assert unreadable(opened(huge), room=50_000).rule == "too-large"


def test_a_file_that_unpacks_to_a_thousand_times_its_size_is_a_bomb() -> None:
    archive = opened(pack({"submission.py": bytes(12 << 20), "small.py": bytes(1 << 20)}))
    tracemalloc.start()
    finding = unreadable(archive)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert finding.rule == "archive"
    assert "200 times" in finding.message
    assert peak < 8 << 20
    assert read(archive, "small.py") == bytes(1 << 20)  # no harm in so little


def test_a_bomb_that_nobody_reads_does_no_harm() -> None:
    archive = opened(pack({"submission.py": SOURCE, "zeros.bin": bytes(12 << 20)}))
    assert read(archive) == SOURCE


def test_entries_that_share_bytes_are_refused() -> None:
    """A quoted bomb: each entry's header is part of the contents of the one before (Fifield)."""
    inner = pack({"b.py": b"#" * 5000}, zipfile.ZIP_STORED)
    local = inner[: inner.index(b"PK\1\2")]
    outer = pack({"a.py": local, "b.py": b"#" * 5000}, zipfile.ZIP_STORED)
    second = outer.index(local, outer.index(local) + 1)
    where = outer.rindex(struct.pack("<L", second))
    moved = outer[:where] + struct.pack("<L", outer.index(local)) + outer[where + 4 :]

    assert paths(opened(outer)) == ["a.py", "b.py"]
    finding = refused(moved)
    assert finding.rule == "archive"
    assert "share" in finding.message


def test_too_many_entries_are_refused() -> None:
    data = pack({f"part{number}.txt": b"" for number in range(11)})
    finding = refused(data, ArchiveLimits(entries=10))
    assert finding.rule == "too-large"
    assert "more than 10 files" in finding.message
    assert len(opened(data, ArchiveLimits(entries=11)).files) == 11


def test_a_table_of_contents_of_many_megabytes_is_not_read() -> None:
    entry = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    )
    table = (entry + b"x") * 200_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, len(table), 0, 0)
    data = table + end
    tracemalloc.start()
    finding = refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert finding.rule == "too-large"
    assert peak < 2 << 20


# --- what cannot be read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\5\6", b"Rar!\x1a\x07\x00", b"%PDF-1.7", b"\0" * 1000, b"PK\3\4" * 1000],
)
def test_what_is_no_archive_says_so(data: bytes) -> None:
    finding = refused(data)
    assert finding.rule == "archive"
    assert "no .zip archive, or a damaged one" in finding.message


def test_a_truncated_archive_is_refused() -> None:
    assert refused(pack({"submission.py": SOURCE})[:-30]).rule == "archive"


def test_an_empty_archive_holds_nothing() -> None:
    assert opened(pack({})).files == ()


def test_a_protected_file_says_so() -> None:
    data = bytearray(pack({"submission.py": SOURCE}))
    for signature, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(signature) + offset] |= 1
    assert "password" in unreadable(opened(bytes(data))).message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 9, 97])
def test_uncommon_compression_is_not_unpacked(method: int) -> None:
    data = bytearray(pack({"submission.py": SOURCE}))
    data[data.index(b"PK\1\2") + 10] = method
    finding = unreadable(opened(bytes(data)))
    assert finding.rule == "archive"
    assert "not every program" in finding.message


def test_a_wrong_checksum_is_damage() -> None:
    data = pack({"submission.py": SOURCE}, zipfile.ZIP_STORED).replace(SOURCE, b"x = 2\n")
    assert "damaged" in unreadable(opened(data)).message


def test_no_damage_raises() -> None:
    chance = random.Random(1)
    whole = pack({"hw/submission.py": SOURCE * 20, "größe.py": SOURCE, "data/": b""})
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 2, 8])):
            data[chance.randrange(len(data))] = chance.choice([0, 1, 127, 128, 255])
        del data[: chance.choice([0, 0, 1, 40])]
        archive = open_archive(io.BytesIO(data), "hw.zip")
        if isinstance(archive, Archive):
            for path in archive.files:
                assert archive.read(path, ROOM) is not None
