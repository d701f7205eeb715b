"""Gradescope's archive: complete, its scripts valid, its secret for root alone."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from autograder.cli import run
from autograder.config_file import load_config
from autograder.errors import UserError
from autograder.holdout_seed import HoldoutSeed
from autograder.packaging.gradescope import container_gb, gradescope_zip
from tests.command_lines import accept, our_commands

ROOT = Path(__file__).parent.parent
RULES = ROOT / "grading.yaml"
SEED = HoldoutSeed("only for this test", is_default=False)
RULE = {"id": "rule", "title": "Within rules", "points": 5, "rules": ["parameter-limit"]}
needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="the scripts are for bash")


@pytest.fixture(scope="module")
def archive() -> zipfile.ZipFile:
    content = gradescope_zip(load_config(RULES), RULES, SEED, show="after_due_date", name="a.zip")
    return zipfile.ZipFile(io.BytesIO(content))


def mode(archive: zipfile.ZipFile, name: str) -> int:
    return stat.S_IMODE(archive.getinfo(name).external_attr >> 16)


def text(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode()


def test_it_holds_program_rules_and_checks(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    assert {"setup.sh", "run_autograder", "README.md", "program/constraints.txt"} <= names
    assert archive.read("course/grading.yaml") == RULES.read_bytes()
    assert "course/solutions/checks/test_augmentation.py" in names
    assert not any("reference" in name for name in names)
    assert mode(archive, "setup.sh") == mode(archive, "run_autograder") == 0o755


def test_the_secret_is_in_one_file_for_root_alone(archive: zipfile.ZipFile) -> None:
    holders = [name for name in archive.namelist() if SEED.value.encode() in archive.read(name)]
    assert holders == ["holdout.seed"]
    assert mode(archive, "holdout.seed") == 0o600
    exported = re.findall(r"export AUTOGRADER_HOLDOUT_SEED_FILE=(.*)", text(archive, "settings.sh"))
    assert exported == ["/autograder/source/holdout.seed"]


@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_every_command_of_ours_exists(archive: zipfile.ZipFile, name: str) -> None:
    found = list(our_commands(text(archive, name)))
    assert any(words[1] == "grade" for words in found)
    for words in found:
        accept(words)


@needs_bash
@pytest.mark.parametrize("name", ["setup.sh", "run_autograder", "settings.sh"])
def test_the_scripts_are_bash(archive: zipfile.ZipFile, name: str) -> None:
    subprocess.run(["bash", "-n"], input=archive.read(name), check=True)


@needs_bash
@pytest.mark.parametrize(("writes", "said"), [(True, "graded"), (False, "Something failed")])
def test_there_are_results_whatever_happens(
    archive: zipfile.ZipFile, tmp_path: Path, writes: bool, said: str
) -> None:
    """Run the script with a stand-in for the program, its folders moved to here."""
    root = tmp_path / "autograder"
    for folder in ("source", "submission/.git", "results"):
        (root / folder).mkdir(parents=True)
    (root / "submission" / "my model.py").write_text("pass")
    (root / "submission_metadata.json").write_text("{}")
    (root / "submission_metadata.json").chmod(0o666)
    (root / "results").chmod(0o777)
    (root / "results" / "results.json").write_text('{"output": "forged", "score": 100}')
    (root / "source" / "settings.sh").write_bytes(archive.read("settings.sh"))
    program = tmp_path / "opt" / "autograder" / "bin" / "autograder"
    program.parent.mkdir(parents=True)
    answer = f'echo \'{{"output": "graded"}}\' > {root}/results/results.json'
    program.write_text(
        f'#!/bin/bash\nls "$2" > {tmp_path}/seen\n{answer if writes else "exit 3"}\n'
    )
    program.chmod(0o755)
    script = text(archive, "run_autograder")
    script = script.replace("/opt/", f"{tmp_path}/opt/").replace(" /autograder", f" {root}")
    script = script.replace("=/autograder", f"={root}")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    subprocess.run(["bash", "-c", script], check=True, env=environment, capture_output=True)
    results = json.loads((root / "results" / "results.json").read_text())
    assert results["output"].startswith(said)
    assert "score" not in results
    assert (tmp_path / "seen").read_text() == "my model.py\n"
    assert not any(temporary.iterdir())
    # What students' code could reach there where the rights of files are all that stops it.
    assert stat.S_IMODE((root / "submission_metadata.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((root / "results").stat().st_mode) == 0o755


def test_nothing_is_left_to_fill_in(archive: zipfile.ZipFile) -> None:
    for name in ("setup.sh", "run_autograder", "settings.sh", "README.md"):
        assert not re.search("@[a-z_]+@", text(archive, name))


def test_the_readme_says_what_to_choose(archive: zipfile.ZipFile) -> None:
    readme = text(archive, "README.md")
    assert "| autograder points | 100 |" in readme
    assert "3 GB of memory" in readme
    assert "trained up to 5 times" in readme
    assert "after the due date" in readme
    assert "Upload `a.zip`" in readme


@pytest.mark.parametrize(("memory_mib", "gb"), [(512, 1.5), (2048, 3), (4096, 6), (16_384, 6)])
def test_the_container_holds_a_job_and_the_grader(memory_mib: int, gb: float) -> None:
    assert container_gb(memory_mib) == gb


def imported(folder: Path, path: str) -> Path:
    rules = folder / "course" / "grading.yaml"
    data = {"kind": "imported", "path": path}
    rules.parent.mkdir()
    rules.write_text(yaml.safe_dump({"version": 1, "rubric": [RULE], "dataset": data}))
    images = rules.parent / path
    images.mkdir(parents=True)
    (images / "train.npy").write_bytes(b"images")
    return rules


def test_images_of_the_courses_own_come_along_and_need_no_secret(tmp_path: Path) -> None:
    rules = imported(tmp_path, "images")
    content = gradescope_zip(load_config(rules), rules, SEED, show="visible", name="a.zip")
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.read("course/images/train.npy") == b"images"
    assert "holdout.seed" not in archive.namelist()
    assert "SEED_FILE" not in text(archive, "settings.sh")


def test_images_elsewhere_cannot_come_along(tmp_path: Path) -> None:
    rules = imported(tmp_path, "../images")
    with pytest.raises(UserError, match="have to lie below"):
        gradescope_zip(load_config(rules), rules, SEED, show="visible", name="a.zip")


def test_without_a_secret_nothing_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED", raising=False)
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED_FILE", raising=False)
    out = tmp_path / "autograder.zip"
    command = ["package", "gradescope", "-o", str(out), "--config", str(RULES)]
    assert run(command) == 2
    assert "AUTOGRADER_HOLDOUT_SEED" in capsys.readouterr().err
    assert not out.exists()
    assert run([*command, "--try-out"]) == 0
    assert zipfile.ZipFile(out).read("holdout.seed") == b"try-out"


@pytest.mark.skipif(os.name != "posix", reason="permissions of Unix")
def test_the_archive_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", SEED.value)
    out = tmp_path / "autograder.zip"
    out.write_bytes(b"an earlier one")
    out.chmod(0o644)
    assert run(["package", "gradescope", "-o", str(out), "--config", str(RULES)]) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
