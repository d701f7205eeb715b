"""The static checks: what can be said about a submission without running any of it.

Works on syntax trees alone, imports neither a submission nor TensorFlow, takes milliseconds.
The rules are advice and tidiness, so that a student hears of a mistake in a second instead of
after a training. They protect nothing: the sandbox is the wall (sandbox.py).
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from autograder import check_rules
from autograder.config import Config
from autograder.models import Finding, SourceFile, Submission
from autograder.notebooks import MAX_SOURCE_BYTES
from autograder.rubric import StaticRule
from autograder.source_view import (
    REQUIRED_FUNCTIONS,
    Remark,
    SourceView,
    find_entry_points,
    parse,
)

_PARAMETERS = {
    "build_model": ("input_shape", "num_classes"),
    "build_augmentation": (),
    "training_plan": (),
}
# A mistake made everywhere is one mistake, and a report has to stay readable.
_MAX_REMARKS = 20
_LONGEST_TEXT = 400


def check_sources(submission: Submission, config: Config) -> tuple[Finding, ...]:
    """Apply the static rules to a submission.

    Returns:
        What they found, in the order of files and lines. Rules that the config switches off say
        nothing. What kept files from being read is in the submission's ``problems``, not here.
    """
    trees: dict[str, ast.Module] = {}
    findings = list(_check_size(submission, config))
    for file in submission.files:
        tree = _parse(file)
        if isinstance(tree, Finding):
            findings.append(tree)
        else:
            trees[file.name] = tree
    entry_points = find_entry_points(f"{config.assignment.module}.py", trees)
    own = frozenset(file.name.removesuffix(".py") for file in submission.files)
    for file in submission.files:
        if file.name in trees:
            view = SourceView(file, trees[file.name], config, own, entry_points)
            findings += _apply_rules(view)
    order = {file.origin: index for index, file in enumerate(submission.files)}
    kept = [finding for finding in findings if finding.rule not in config.rules.disabled]
    return tuple(dict.fromkeys(sorted(kept, key=lambda finding: _place(finding, order))))


def _place(finding: Finding, order: Mapping[str, int]) -> tuple[int, int, int, str]:
    place = finding.location
    if place is None:
        return -1, 0, 0, finding.rule
    return order[place.file], place.cell or 0, place.line or 0, finding.rule


def _apply_rules(view: SourceView) -> Iterator[Finding]:
    for rule, look in RULES.items():
        for remark in islice(look(view), _MAX_REMARKS):
            place = view.source.locate(getattr(remark.node, "lineno", None))
            yield Finding(rule, _shorten(remark.message), remark.hint, place)


def _shorten(text: str) -> str:
    """Return a text that may quote the source, where a name can be as long as the file."""
    half = _LONGEST_TEXT // 2
    return text if len(text) <= _LONGEST_TEXT else f"{text[:half]}…{text[-half:]}"


def _check_size(submission: Submission, config: Config) -> Iterator[Finding]:
    size = sum(len(file.text.encode("utf-8", "surrogatepass")) for file in submission.files)
    if size > config.budget.source_kib * 1024:
        yield Finding(
            "source-size",
            f"The source has {size / 1024:.1f} KiB; at most {config.budget.source_kib} KiB.",
            "Leave out data, weights and code that is not used.",
        )


def _parse(file: SourceFile) -> ast.Module | Finding:
    if len(file.text) > MAX_SOURCE_BYTES:
        return Finding(
            "syntax",
            "This file is far too long to be read as a program.",
            "Leave out data and weights.",
            file.locate(None),
        )
    try:
        return parse(file.text)
    except SyntaxError as error:
        reason = error.msg.partition("; use sys.")[0]  # settings that are not the student's
        message = _shorten(f"Python cannot read this: {reason}.")
        hint = "Mend this line, or the one before it, and run `autograder check` again."
        return Finding("syntax", message, hint, file.locate(error.lineno or None))
    except (MemoryError, RecursionError, ValueError):
        return Finding(
            "syntax",
            "Python cannot read this: an expression goes too deep.",
            "Split expressions that are nested many times over.",
            file.locate(None),
        )


def missing_functions(view: SourceView) -> Iterator[Remark]:
    """required-functions: the functions that the grader calls, at the top of the main module."""
    if not view.is_main:
        return
    functions = [node for node in view.nodes if isinstance(node, ast.FunctionDef)]
    for name in REQUIRED_FUNCTIONS:
        if name in view.entry_points:
            continue
        hint = f"Write `def {_signature(name)}:` at the top level of the file."
        elsewhere = next((node.lineno for node in functions if node.name == name), None)
        near = difflib.get_close_matches(name, {node.name for node in functions}, n=1, cutoff=0.8)
        if elsewhere:
            line = view.source.locate(elsewhere).line
            hint += f" The one in line {line} is inside of something else."
        elif near and not near[0].isascii():
            hint += f" `{near[0]}` is written with letters of another alphabet: type it anew."
        elif near and near[0] not in REQUIRED_FUNCTIONS:
            hint += f" Did you mean `{near[0]}`?"
        yield Remark(None, f"`{name}` is missing.", hint)


def wrong_signatures(view: SourceView) -> Iterator[Remark]:
    """signature: the grader calls these functions with positional arguments."""
    for name, node in _own_entry_points(view):
        expected = _PARAMETERS[name]
        hint = f"Write `def {_signature(name)}:`."
        if isinstance(node, ast.AsyncFunctionDef):
            yield Remark(node, f"`{name}` is an async function, which cannot be called here.", hint)
        elif isinstance(node, ast.FunctionDef | ast.Lambda):
            if _is_generator(node):
                message = f"`{name}` is a generator: with a `yield` in it, it returns no value."
                yield Remark(node, message, "Write `return` in place of `yield`.")
            elif not getattr(node, "decorator_list", []) and not _takes(node.args, expected):
                arguments = ", ".join(expected) or "no arguments"
                yield Remark(node, f"`{name}` has to take {arguments}.", hint)


def _takes(parameters: ast.arguments, expected: tuple[str, ...]) -> bool:
    names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    if expected and names[: len(expected)] == list(reversed(expected)):
        return False
    required = len(names) - len(parameters.defaults)
    keyword_only = any(default is None for default in parameters.kw_defaults)
    enough = len(names) >= len(expected) or parameters.vararg is not None
    return required <= len(expected) and enough and not keyword_only


def _is_generator(function: ast.FunctionDef | ast.Lambda) -> bool:
    waiting: list[ast.AST] = [function]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if isinstance(child, ast.Yield | ast.YieldFrom):
                return True
            if not isinstance(
                child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
            ):
                waiting.append(child)
    return False


def templates(view: SourceView) -> Iterator[Remark]:
    """not-implemented: functions that are still as they were handed out."""
    for name, node in _own_entry_points(view):
        if isinstance(node, ast.FunctionDef) and _is_template(node):
            yield Remark(
                node,
                f"`{name}` is still the template's: it does nothing yet.",
                "Fill it in. Where a folder holds both a .py file and a notebook, the .py file is "
                "graded: delete the one that you do not use.",
            )


def _is_template(function: ast.FunctionDef) -> bool:
    body = [
        statement
        for statement in function.body
        if not isinstance(statement, ast.Pass)
        and not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
    ]
    match body:
        case []:
            return True
        case [ast.Raise(exc=ast.Name(id="NotImplementedError"))]:
            return True
        case [ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")))]:
            return True
    return False


def _own_entry_points(view: SourceView) -> Iterator[tuple[str, ast.AST]]:
    for name, definition in view.entry_points.items():
        if definition.file == view.source.name and definition.node is not None:
            yield name, definition.node


def _signature(name: str) -> str:
    return f"{name}({', '.join(_PARAMETERS[name])})"


# `syntax` and `source-size` are judged before there is anything for these to look at.
RULES: Mapping[StaticRule, Callable[[SourceView], Iterator[Remark]]] = {
    "required-functions": missing_functions,
    "signature": wrong_signatures,
    "not-implemented": templates,
    "forbidden-import": check_rules.foreign_imports,
    "forbidden-call": check_rules.dynamic_code,
    "no-downloads": check_rules.downloads,
    "no-file-access": check_rules.file_access,
    "no-environment-access": check_rules.environment_access,
    "no-large-literals": check_rules.large_literals,
}
