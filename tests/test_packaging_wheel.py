"""The wheel: what pip installs is what is running."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from autograder import __version__
from autograder.errors import UserError
from autograder.packaging import wheel as module
from autograder.packaging.wheel import build_wheel, constraints

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(build_wheel().content))


def test_it_holds_the_package_and_nothing_that_was_compiled(archive: zipfile.ZipFile) -> None:
    names = {name for name in archive.namelist() if name.startswith("autograder/")}
    tracked = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "autograder").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert names == tracked
    assert archive.read("autograder/cli.py") == (ROOT / "autograder" / "cli.py").read_bytes()


def test_the_record_has_the_checksum_of_every_file(archive: zipfile.ZipFile) -> None:
    text = archive.read(f"autograder-{__version__}.dist-info/RECORD").decode()
    rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(text))}
    assert set(rows) == set(archive.namelist())
    for name in archive.namelist():
        content = archive.read(name)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        expected = (f"sha256={digest}", str(len(content)))
        assert rows[name] == (expected if not name.endswith("RECORD") else ("", ""))


def test_it_needs_what_pyproject_says_today(archive: zipfile.ZipFile) -> None:
    metadata = Parser().parsestr(
        archive.read(f"autograder-{__version__}.dist-info/METADATA").decode()
    )
    assert metadata.get_all("Requires-Dist") == PROJECT["dependencies"]
    assert metadata["Version"] == PROJECT["version"] == __version__


def test_the_same_files_give_the_same_bytes() -> None:
    assert build_wheel() == build_wheel()


def test_pip_installs_it_and_it_runs(tmp_path: Path) -> None:
    wheel = build_wheel()
    (tmp_path / wheel.name).write_bytes(wheel.content)
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "install"]
    options = ["--no-index", "--no-deps", "--no-compile", "--target", str(target)]
    subprocess.run([*pip, *options, str(tmp_path / wheel.name)], check=True, capture_output=True)
    script = "import autograder, autograder.cli as c; print(autograder.__file__); c.main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "--version"],
        cwd=tmp_path, env={"PYTHONPATH": str(target)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    where, version = done.stdout.splitlines()
    assert Path(where) == target / "autograder" / "__init__.py"
    assert version == f"autograder, version {__version__}"
    assert (target / "autograder" / "packaging" / "templates" / "grade.yml").is_file()
    assert (target / "bin" / "autograder").is_file()


def test_what_was_installed_from_a_wheel_can_be_packed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "_CHECKOUT", tmp_path / "none.toml")
    archive = zipfile.ZipFile(io.BytesIO(build_wheel().content))
    assert b"Requires-Dist: keras" in archive.read(f"autograder-{__version__}.dist-info/METADATA")


def test_without_knowing_what_it_needs_there_is_no_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "_CHECKOUT", tmp_path / "none.toml")
    monkeypatch.setattr(module, "_NAME", "autograder-of-nobody")
    with pytest.raises(UserError, match="not installed"):
        build_wheel()


def test_constraints_are_versions_and_no_addresses() -> None:
    lines = constraints().splitlines()
    form = r'[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+(; python_full_version >= "[\d.]+")?'
    assert all(re.fullmatch(form, line) for line in lines)
    names = [line.partition("==")[0].lower() for line in lines]
    assert {"keras", "tensorflow", "numpy"} <= set(names)
    assert "autograder" not in names


@pytest.mark.parametrize(
    ("requires", "marker"),
    [
        (None, ""),
        (">=3.10", ""),
        (">= 3.11", ""),
        ("!=3.0.*,>=2.7", ""),
        (">=3.11.5", '; python_full_version >= "3.11.5"'),
        ("<4,>=3.12", '; python_full_version >= "3.12"'),
    ],
)
def test_what_an_older_python_cannot_run_is_not_forced_on_it(
    requires: str | None, marker: str
) -> None:
    assert module._marker(requires) == marker
