"""What students receive, and what must not be in it: solutions, secrets, the holdout.

A handout is `grading.yaml`, `assignment/`, and the public part of the images where these are files
of the instructor's. Looks at bytes and at code; what prose gives away, nobody but a reader can say.
"""

from __future__ import annotations

import ast
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.checks import check_sources
from autograder.config import Config
from autograder.datasets import Holdout
from autograder.errors import AutograderError, UserError
from autograder.intake import collect
from autograder.models import SourceFile, Submission
from autograder.reading import as_source
from autograder.similarity import Work, compare
from autograder.source_view import REQUIRED_FUNCTIONS, Definition, find_entry_points, parse

ASSIGNMENT, SOLUTIONS, RULES = "assignment", "solutions", "grading.yaml"
_SOURCES = frozenset({".py", ".ipynb"})
_JUNK = frozenset({"__pycache__", ".ipynb_checkpoints", ".git", ".pytest_cache"})
_HOLDOUT_FOLDERS = frozenset({"holdout", "test"})
_KEY_MARKS = (b"-----BEGIN OPENSSH PRIVATE KEY", b"-----BEGIN RSA PRIVATE KEY", b"PRIVATE KEY-----")
_SHORTEST_SECRET = 6  # a shorter one stands in every other file by chance
# A fixed time, so that the same files give the same zip.
_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Problem:
    """Something that keeps a handout from being handed out.

    Attributes:
        file: Its name in the handout.
        message: What is wrong with it.
        hint: What to do about it.
    """

    file: str
    message: str
    hint: str


def handout_files(root: Path, config: Config) -> dict[str, Path]:
    """Return the files of a handout, by their names in it, sorted.

    Args:
        root: Folder of the assignment, with grading.yaml in it.
        config: What grading.yaml says.

    Raises:
        UserError: There is nothing to hand out.
    """
    folder = root / ASSIGNMENT
    if not folder.is_dir():
        raise UserError(f"{folder}: missing; it holds what students fill in")
    files = {RULES: root / RULES}
    files |= dict(_below(folder, root))
    source = config.dataset.path
    if source is not None and holds_public_images(root, config):
        public = (item for item in _below(source, root) if not _is_sealed(item[1], source))
        files |= dict(public)
    return dict(sorted(files.items()))


def holds_public_images(root: Path, config: Config) -> bool:
    """Whether the images that students may see lie apart from the others, in the assignment.

    A folder that nobody parted holds the holdout, whoever has it; so does one as GTSRB's authors
    publish it. `autograder data import` parts them.
    """
    data = config.dataset
    if data.path is None or not data.path.resolve().is_relative_to(root.resolve()):
        return False
    is_parted = any(
        path.is_dir() and path.name.lower() in _HOLDOUT_FOLDERS for path in data.path.iterdir()
    )
    return data.kind == "imported" or (data.kind == "folder" and is_parted)


def _below(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _JUNK & set(path.relative_to(folder).parts):
            yield path.resolve().relative_to(root.resolve()).as_posix(), path


def _is_sealed(path: Path, source: Path) -> bool:
    """Whether a file of a data set belongs to its holdout, as its first folder says."""
    return path.relative_to(source).parts[0].lower() in _HOLDOUT_FOLDERS


def find_problems(
    root: Path, config: Config, files: Mapping[str, Path], holdout: Holdout, secrets: Iterable[str]
) -> list[Problem]:
    """Return all that speaks against handing these files out.

    Args:
        root: Folder of the assignment.
        config: Its rules.
        files: From `handout_files`.
        holdout: The sealed images.
        secrets: Texts that nobody may see.
    """
    contents = {name: path.read_bytes() for name, path in files.items()}
    hidden = [text.encode() for text in secrets if len(text) >= _SHORTEST_SECRET]
    problems = [*_leaked_secrets(contents, hidden), *_holdout_images(contents, holdout)]
    problems += _copies_of_solutions(root, contents)
    template = _template(root, config)
    if isinstance(template, Problem):
        return [*problems, template]
    return [*problems, *_filled_in(template, config), *_other_signatures(root, config, template)]


def _leaked_secrets(contents: Mapping[str, bytes], hidden: list[bytes]) -> Iterator[Problem]:
    for name, content in contents.items():
        if any(secret in content for secret in hidden):
            hint = "Take it out, and choose another secret: this one may have been seen."
            yield Problem(name, "holds the holdout's secret", hint)
        if any(mark in content for mark in _KEY_MARKS) or PurePosixPath(name).name == ".env":
            yield Problem(name, "holds a private key or passwords", "Delete it.")


def _holdout_images(contents: Mapping[str, bytes], holdout: Holdout) -> Iterator[Problem]:
    """Look for images of the holdout in arrays: whole files of it, or some of its images."""
    sealed = np.load(holdout.images, mmap_mode="r")
    rows = {image.tobytes() for image in sealed}
    labels = Path(holdout.labels).read_bytes()
    for name, content in contents.items():
        found = sum(image in rows for image in _images_in(content, sealed.shape[1:]))
        if found or content == labels:
            message = f"holds {found} images of the holdout" if found else "is the holdout's labels"
            hint = "Delete it; `autograder data export --split train` writes what students may see."
            yield Problem(name, message, hint)


def _images_in(content: bytes, shape: tuple[int, ...]) -> Iterator[bytes]:
    """Yield the images of that shape in a NumPy file; nothing of any other file."""
    for array in _arrays_in(content):
        if array.ndim == 4 and array.shape[1:] == shape:
            yield from (image.tobytes() for image in array.astype(np.uint8))


def _arrays_in(content: bytes) -> Iterator[NDArray[Any]]:
    """Yield the arrays of a NumPy file; a damaged one hides none of the others."""
    try:
        loaded = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception:  # of damaged files, NumPy and zipfile raise dozens
        return
    if isinstance(loaded, np.ndarray):
        yield loaded
        return
    for name in loaded.files:
        with suppress(Exception):
            yield loaded[name]


def _copies_of_solutions(root: Path, contents: Mapping[str, bytes]) -> Iterator[Problem]:
    """Look for files of the solutions, and for their code in other files."""
    hint = f"Take it out: what lies in {SOLUTIONS}/ is the instructor's."
    paths = [path for path in (root / SOLUTIONS).rglob("*") if path.is_file()]
    solved = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    same = {content: name for name, content in solved.items() if content.strip()}
    ours = {name: _source(name, content) for name, content in solved.items()}
    for name, content in contents.items():
        source = _source(name, content)
        if content in same:
            yield Problem(name, f"is the same as {same[content]}", hint)
        elif source:
            for other, solution in ours.items():
                if solution and compare([_work("handout", source), _work("ours", solution)]).pairs:
                    yield Problem(name, f"has the code of {other}", hint)


def _work(name: str, source: SourceFile) -> Work:
    return Work(name, name, (source,))


def _source(name: str, content: bytes) -> SourceFile | None:
    if PurePosixPath(name).suffix.lower() not in _SOURCES:
        return None
    found = as_source(content, PurePosixPath(name).name, name)
    return found if isinstance(found, SourceFile) else None


def _template(root: Path, config: Config) -> Submission | Problem:
    try:
        [template] = collect([root / ASSIGNMENT], config)
    except (AutograderError, ValueError) as error:
        hint = f"It needs a {config.assignment.module}.py with the three functions to fill in."
        return Problem(ASSIGNMENT, f"holds no template ({error})", hint)
    if template.problems:
        return Problem(ASSIGNMENT, str(template.problems[0]), template.problems[0].hint)
    return template


def _filled_in(template: Submission, config: Config) -> Iterator[Problem]:
    """Make sure that the template is one: complete but for what students have to write."""
    findings = check_sources(template, config)
    main = f"{ASSIGNMENT}/{config.assignment.module}"
    for finding in findings:
        if finding.rule != "not-implemented":
            yield Problem(main, f"breaks a rule itself: {finding}", finding.hint)
    if not any(finding.rule == "not-implemented" for finding in findings):
        hint = "Let its functions raise NotImplementedError."
        yield Problem(main, "leaves students nothing to do", hint)


def _other_signatures(root: Path, config: Config, template: Submission) -> Iterator[Problem]:
    """Compare the template's functions with those of each solution."""
    own = _signatures(template, config)
    for folder in sorted((root / SOLUTIONS).glob("*/")):
        try:
            [solution] = collect([folder], config)
        except (AutograderError, ValueError):
            continue  # checks, data, notes
        for name, signature in _signatures(solution, config).items():
            if name in own and own[name] != signature:
                message = f"asks for {name}({own[name]}), {folder.name} has {name}({signature})"
                hint = "Give both the same parameters, in the same order."
                yield Problem(f"{ASSIGNMENT}/{config.assignment.module}", message, hint)


def _signatures(submission: Submission, config: Config) -> dict[str, str]:
    """Return the parameters of the required functions, without their types."""
    trees = {file.name: parse(file.text) for file in submission.files}
    entries = find_entry_points(f"{config.assignment.module}.py", trees)
    return {name: _parameters(entries[name]) for name in REQUIRED_FUNCTIONS if name in entries}


def _parameters(definition: Definition) -> str:
    node = definition.node
    if not isinstance(node, ast.FunctionDef | ast.Lambda):
        return "…"  # a class, or made by a call: nobody can tell from here
    names = [*node.args.posonlyargs, *node.args.args]
    return ", ".join(argument.arg for argument in names)


def pack(files: Mapping[str, Path], top: str) -> bytes:
    """Return the files as a zip, in a folder of that name; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            entry = zipfile.ZipInfo(f"{top}/{name}", _TIME)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
