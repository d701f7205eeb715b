"""What a submission may not import, call or contain. Advice: the sandbox is the wall.

Each rule looks at one module and yields remarks. They find what somebody writes without a second
thought. Who wants to get around them can, and then meets the sandbox, which holds without them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.source_view import Remark, SourceView


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DYNAMIC = _words(
    "__builtins__ __import__ __loader__ __spec__ breakpoint compile eval exec exit globals input "
    "locals quit vars"
)
_INNER_WORKINGS = _words(
    "__bases__ __builtins__ __closure__ __code__ __getattribute__ __globals__ __import__ "
    "__loader__ __mro__ __spec__ __subclasses__ cr_frame f_back f_builtins f_globals f_locals "
    "gi_frame tb_frame"
)
_HARMLESS = _words("__class__ __doc__ __name__")
_ENVIRONMENT = _words(
    "builtins ctypes importlib multiprocessing os platform psutil resource signal socket "
    "subprocess sys threading"
)
# Other libraries carry these along, as in `numpy.lib.os`; other names there mean other things.
_CARRIED_ALONG = _words("builtins os subprocess sys")

_URL = re.compile(r"\s*(?:https?|ftp|gs|hf|kaggle|s3)://", re.IGNORECASE)
_DOWNLOADS = re.compile(
    r"keras\.datasets\.\w+\.load_data$|keras\..*\bget_file$|(?:tensorflow_hub|tensorflow_datasets)\."
)
_FILE_MODULES = re.compile(
    r"(?:glob|h5py|io|pathlib|pickle|shutil|tempfile|zipfile"
    r"|tensorflow\.(?:io|saved_model|summary|python\.lib\.io|python\.platform\.gfile))(?:\.|$)"
)
_IN_MEMORY = re.compile(r"tensorflow\.io\.(?:encode|decode)_\w*(?:jpeg|png|bmp|gif|image)$")
_FILE_FUNCTIONS = {
    "keras": _words(
        "BackupAndRestore CSVLogger ModelCheckpoint TensorBoard audio_dataset_from_directory "
        "image_dataset_from_directory load_img load_model load_weights plot_model save_img "
        "save_model save_weights text_dataset_from_directory"
    ),
    "numpy": _words(
        "DataSource fromfile fromregex genfromtxt load loadtxt memmap open_memmap save savetxt "
        "savez savez_compressed"
    ),
    "tensorflow": _words(
        "Checkpoint CheckpointManager FixedLengthRecordDataset ReadFile Restore RestoreV2 Save "
        "SaveV2 TFRecordDataset TextLineDataset WriteFile latest_checkpoint list_files "
        "load_checkpoint load_library load_op_library make_csv_dataset"
    ),
}
_FILE_METHODS = _words("load_weights save_weights tofile")
_SAVING_METHODS = _words("export save")
_FROM_SCRATCH = "The network is trained here from scratch, without the internet."
_DOCSTRING_FACTOR = 4


def foreign_imports(view: SourceView) -> Iterator[Remark]:
    """forbidden-import: modules that are neither allowed nor the submission's own."""
    allowed = view.config.rules.allowed_imports
    hint = (
        f"Allowed are {', '.join(allowed)}, and .py files of your own that you hand in with this "
        "one, in the same folder."
    )
    if view.source.cell_lines:
        hint += " What is only for you goes into a cell whose first line is `# exploration`."
    for node in view.nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            name = node.module or node.names[0].name
            yield Remark(
                node,
                "An import with a leading dot does not work: a submission is not a package.",
                f"Write it without the dot: `from {name} import ...` or `import {name}`.",
            )
            continue
        for module in _imported_modules(node):
            if module not in view.own_modules and module not in allowed:
                yield Remark(node, f"`{module}` may not be imported.", hint)


def _imported_modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module.partition(".")[0]]
    return []


def dynamic_code(view: SourceView) -> Iterator[Remark]:
    """forbidden-call: code made at run time, Python's inner workings, waiting for a keyboard."""
    hint = "Write what you mean with ordinary functions and attributes."
    for name in view.builtins(_DYNAMIC):
        yield Remark(name, f"`{name.id}` may not be used.", hint)
    for node in view.nodes:
        name_reached = _reached_attribute(node)
        if name_reached:
            yield Remark(node, f"`{name_reached}` is part of Python's inner workings.", hint)


def _reached_attribute(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(attr=name) if name in _INNER_WORKINGS:
            return name
        case ast.Call(
            func=ast.Name(id="getattr" | "setattr" | "delattr"),
            args=[_, ast.Constant(value=str(name)), *_],
        ) if name.startswith("__") and name not in _HARMLESS:
            return name
    return None


def downloads(view: SourceView) -> Iterator[Remark]:
    """no-downloads: weights, data and files from the internet."""
    for node in view.nodes:
        if isinstance(node, ast.Call):
            name = _pretrained_network(view.origin(node.func))
            if name and not _has_no_weights(node):
                yield Remark(
                    node,
                    f"`{name}` would download weights that others have trained.",
                    f"Write `{name}(weights=None, ...)`. {_FROM_SCRATCH}",
                )
        elif _is_url(node) and id(node) not in view.bare_strings:
            yield Remark(node, "There is an internet address in the code.", _FROM_SCRATCH)
    for use, origin in view.references:
        if _DOWNLOADS.match(origin):
            yield Remark(use, f"`{origin}` would download something.", _FROM_SCRATCH)


def _pretrained_network(origin: str | None) -> str | None:
    package, _, name = (origin or "").rpartition(".")
    is_network = f"{package}.".startswith("keras.applications.") and name[:1].isupper()
    return name if is_network else None


def _has_no_weights(call: ast.Call) -> bool:
    given = [keyword.value for keyword in call.keywords if keyword.arg == "weights"]
    return any(isinstance(value, ast.Constant) and value.value is None for value in given)


def _is_url(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _URL.match(node.value) is not None
    )


def file_access(view: SourceView) -> Iterator[Remark]:
    """no-file-access: reading and writing files."""
    hint = "A submission builds a network; the grader reads the images and keeps the weights."
    for name in view.builtins(frozenset({"open"})):
        yield Remark(name, "`open` may not be used: no files are read or written.", hint)
    for use, origin in view.references:
        if _handles_files(origin):
            yield Remark(use, f"`{origin}` reads or writes files.", hint)
    for node in view.nodes:
        if isinstance(node, ast.Call) and not view.origin(node.func):
            method = _saving_method(node)
            if method:
                yield Remark(node, f"`.{method}(...)` reads or writes a file.", hint)


def _handles_files(origin: str) -> bool:
    library, _, rest = origin.partition(".")
    name = rest.rpartition(".")[2]
    if name in _FILE_FUNCTIONS.get(library, ()):
        return True
    return _FILE_MODULES.match(origin) is not None and not _IN_MEMORY.match(origin)


def _saving_method(call: ast.Call) -> str | None:
    match call:
        case ast.Call(func=ast.Attribute(attr=name)) if name in _FILE_METHODS:
            return name
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str()), *_]) if (
            name in _SAVING_METHODS
        ):
            return name
    return None


def environment_access(view: SourceView) -> Iterator[Remark]:
    """no-environment-access: the operating system and the interpreter."""
    for use, origin in view.references:
        parts = origin.split(".")
        if parts[0] in _ENVIRONMENT or not _CARRIED_ALONG.isdisjoint(parts):
            yield Remark(
                use,
                f"`{origin}` asks about or changes the machine.",
                "Leave it out: a result that depends on the machine cannot be reproduced.",
            )


def large_literals(view: SourceView) -> Iterator[Remark]:
    """no-large-literals: data, such as trained weights, written into the source."""
    budget = view.config.budget
    hint = "Data does not belong into the source; the network learns from the images alone."
    inner: set[int] = set()
    for node in view.nodes:  # parents first, so what is inside something is known in time
        if id(node) in inner:
            continue
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
            elements, displays = _count_elements(node)
            inner |= displays
            if elements > budget.literal_elements:
                message = f"There are {elements} values in one literal"
                yield Remark(node, f"{message} (at most {budget.literal_elements}).", hint)
        elif isinstance(node, ast.JoinedStr | ast.Constant):
            inner |= {id(value) for value in getattr(node, "values", ())}
            factor = _DOCSTRING_FACTOR if id(node) in view.bare_strings else 1
            chars = _count_chars(node)
            if chars > budget.literal_chars * factor:
                message = f"There is a literal of {chars} characters"
                yield Remark(node, f"{message} (at most {budget.literal_chars * factor}).", hint)


def _count_elements(display: ast.AST) -> tuple[int, set[int]]:
    """Return how many constants a display holds, and the ids of the displays inside it."""
    count, displays = 0, set()
    waiting: list[ast.AST] = [display]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if isinstance(child, ast.List | ast.Tuple | ast.Set | ast.Dict):
                displays.add(id(child))
                waiting.append(child)
            elif isinstance(child, ast.UnaryOp | ast.Starred):
                waiting.append(child)
            else:
                count += isinstance(child, ast.Constant)
    return count, displays


def _count_chars(node: ast.JoinedStr | ast.Constant) -> int:
    if isinstance(node, ast.JoinedStr):
        return sum(_count_chars(value) for value in node.values if isinstance(value, ast.Constant))
    match node.value:
        case bool():
            return 0
        case int(number):
            return number.bit_length() // 4  # as hexadecimal digits
        case str(text) | bytes(text):
            return len(text)
    return 0
