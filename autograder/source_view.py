"""A module of a submission as the static rules see it: parsed, its names traced to their origin.

Nothing is run, so what a name stands for is a good guess: scopes are ignored, and what a program
computes at run time cannot be seen at all.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.config import Config
from autograder.models import SourceFile

REQUIRED_FUNCTIONS = ("build_model", "build_augmentation", "training_plan")
# No library goes deeper or has longer names; a hostile source would, to make us slow.
_MAX_DEPTH = 30
_LONGEST_NAME = 300
_MAX_DOTS = 200
_END_OF_LINE = re.compile(r"(?<!\\)\n")
# Warnings are filtered for the whole process, and submissions are checked side by side.
_FILTERS = threading.Lock()
# The same objects under several names; the rules know them under one.
_SAME = {
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tensorflow.compat.v1": "tensorflow",
    "tensorflow.compat.v2": "tensorflow",
    "keras.api": "keras",
    "keras.src": "keras",
}


@dataclass(frozen=True)
class Remark:
    """What a rule says, before it is a `Finding`: the place is a node or the whole file."""

    node: ast.AST | None
    message: str
    hint: str


@dataclass(frozen=True)
class Imported:
    """A name that a module takes from another one."""

    module: str
    name: str


@dataclass(frozen=True)
class Definition:
    """Where a function that the grader calls is defined.

    Attributes:
        file: Name of the module file.
        node: A function, lambda or other node; None where it cannot be told from the source.
    """

    file: str
    node: ast.AST | None


@dataclass(frozen=True)
class SourceView:
    """One module and what the rules need to know of its surroundings.

    Attributes:
        source: The module's source.
        tree: The same, parsed.
        config: The rules of the assignment.
        own_modules: Stems of all modules of the submission.
        entry_points: For each function that the grader calls, where it is defined; a function
            that the main module does not have is missing here.
    """

    source: SourceFile
    tree: ast.Module
    config: Config
    own_modules: frozenset[str]
    entry_points: Mapping[str, Definition]

    @property
    def is_main(self) -> bool:
        """Whether this is the module that the grader imports."""
        return self.source.name == f"{self.config.assignment.module}.py"

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, parents before their children."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def bare_strings(self) -> frozenset[int]:
        """Ids of the nodes of docstrings and other strings that stand alone."""
        statements = (node.value for node in self.nodes if isinstance(node, ast.Expr))
        return frozenset(id(value) for value in statements if isinstance(value, ast.Constant))

    @cached_property
    def bound(self) -> frozenset[str]:
        """Names that the module gives a meaning of its own anywhere, hiding builtins."""
        return frozenset(name for node in self.nodes for name in _bound_by(node))

    @cached_property
    def origins(self) -> Mapping[str, str]:
        """What imported names stand for: ``tf`` for ``tensorflow``, ``K`` for ``keras``."""
        origins = dict(origin for node in self.nodes for origin in _imported_by(node))
        assignments = [node for node in self.nodes if isinstance(node, ast.Assign)]
        for node in sorted(assignments, key=lambda node: node.lineno):
            target, origin = node.targets[0], _dotted(node.value, origins)
            if isinstance(target, ast.Name) and origin:
                origins.setdefault(target.id, origin)
        return origins

    def origin(self, node: ast.AST) -> str | None:
        """Return what a name or a chain of attributes stands for, such as ``numpy.load``."""
        return _dotted(node, self.origins)

    @cached_property
    def references(self) -> tuple[tuple[ast.expr, str], ...]:
        """Every use of something imported, with its origin; of ``a.b.c``, only the whole."""
        parts = {id(node.value) for node in self.nodes if isinstance(node, ast.Attribute)}
        uses = (
            (node, self.origin(node))
            for node in self.nodes
            if isinstance(node, ast.Name | ast.Attribute) and id(node) not in parts
        )
        return tuple((node, origin) for node, origin in uses if origin)

    def builtins(self, names: frozenset[str]) -> Iterator[ast.Name]:
        """Yield each use of one of these builtins."""
        meant = names - self.bound
        for node in self.nodes:
            if isinstance(node, ast.Name) and node.id in meant:
                yield node


def parse(text: str) -> ast.Module:
    """Parse a module.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: Python cannot read it.
    """
    _refuse_deep_imports(text)
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as invalid escapes: not ours to tell
        return ast.parse(text)


def _refuse_deep_imports(text: str) -> None:
    """Raise for ``import a.a.a...``: Python's memory for it grows with the square of its length.

    At 64 KiB it takes a gigabyte. Whatever else has both an import and so many dots in one line
    was not written by hand either.
    """
    start = 1
    for line in _END_OF_LINE.split(text):
        if line.count(".") > _MAX_DOTS and "import" in line:
            reason = f"there are more than {_MAX_DOTS} dots in an import"
            raise SyntaxError(reason, (None, start, None, None))
        start += line.count("\n") + 1


def find_entry_points(main: str, trees: Mapping[str, ast.Module]) -> dict[str, Definition]:
    """Trace the functions that the grader calls to their definitions.

    Args:
        main: File name of the main module.
        trees: File name to syntax tree of each module that could be parsed.
    """
    bindings = {file: _bindings(tree) for file, tree in trees.items()}
    stars = {file: _star_imports(names, bindings) for file, names in bindings.items()}
    found = {name: _trace(name, main, bindings, stars) for name in REQUIRED_FUNCTIONS}
    return {name: definition for name, definition in found.items() if definition}


def _star_imports(names: Iterable[str], files: Collection[str]) -> list[str]:
    """Return the files that a module with these bindings imports everything from."""
    starred = (f"{name.removesuffix('.*')}.py" for name in names if name.endswith(".*"))
    return [file for file in starred if file in files]


def _trace(
    name: str,
    file: str,
    modules: Mapping[str, Mapping[str, ast.AST | Imported]],
    stars: Mapping[str, Sequence[str]],
) -> Definition | None:
    """Follow imports and assignments from one name to the next, each at most once."""
    waiting, seen = [(file, name)], set()
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        file, name = place
        if file not in modules:
            return Definition(file, None)
        bindings = modules[file]
        match bindings.get(name):
            case None:
                waiting += [(star, name) for star in stars[file]]
            case Imported(module=module, name=original):
                waiting.append((f"{module}.py", original))
            case ast.Name(id=other) if other in bindings:
                waiting.append((file, other))
            case ast.Name():
                return Definition(file, None)
            case node:
                return Definition(file, node)
    return None


def _bindings(tree: ast.Module) -> dict[str, ast.AST | Imported]:
    """Return what each top-level name of a module is bound to last; ``m.*`` for star imports."""
    bindings: dict[str, ast.AST | Imported] = {}
    for statement in _top_level(tree):
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bindings[statement.name] = statement
            case ast.ImportFrom(module=module, names=aliases):
                for alias in aliases:
                    if alias.name == "*":
                        bindings[f"{module}.*"] = statement
                    else:
                        imported = Imported(module or alias.name, alias.name)
                        bindings[alias.asname or alias.name] = imported
            case ast.Assign(targets=targets, value=value):
                bindings |= {
                    node.id: value if node is target else target
                    for target in targets
                    for node in ast.walk(target)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                }
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                bindings[name] = value
    return bindings


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements of a module in order, those in ``if``, ``try`` and ``with`` too."""
    waiting: list[ast.AST] = [*reversed(tree.body)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.expr)]
            waiting += inside[::-1]


def _imported_by(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names if len(node.module) <= _LONGEST_NAME else ():
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]


def _dotted(node: ast.AST, origins: Mapping[str, str]) -> str | None:
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in origins:
        return None
    origin = origins[node.id]
    length = len(origin) + sum(map(len, attributes))
    if length > _LONGEST_NAME or len(attributes) + origin.count(".") > _MAX_DEPTH:
        return None
    return _canonical(".".join([origin, *reversed(attributes)]))


def _canonical(dotted: str) -> str:
    while alias := next((alias for alias in _SAME if f"{dotted}.".startswith(f"{alias}.")), None):
        dotted = _SAME[alias] + dotted[len(alias) :]
    return dotted
