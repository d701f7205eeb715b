from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from autograder.models import Finding, Location, SourceFile
from autograder.notebooks import (
    MAX_CELLS,
    MAX_SOURCE_BYTES,
    python_lines,
    read_notebook,
    without_export_marks,
)

ROOT = Path(__file__).parent.parent


def code(source: str | list[str]) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}


def markdown(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def notebook(*cells: dict[str, object]) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def read(data: bytes) -> SourceFile:
    source = read_notebook(data, "submission.py", "hw.ipynb")
    assert isinstance(source, SourceFile), source
    return source


def test_code_cells_are_joined_and_every_line_knows_its_cell() -> None:
    source = read(
        notebook(markdown("# Title"), code("import keras\nx = 1"), code("def f():\n    return x"))
    )

    lines = source.text.split("\n")
    assert source.name == "submission.py"
    assert source.origin == "hw.ipynb"
    assert len(source.cell_lines) == len(lines)
    assert source.locate(lines.index("x = 1") + 1) == Location("hw.ipynb", 2, 1)
    assert str(source.locate(lines.index("    return x") + 1)) == "hw.ipynb, cell 2, line 2"


def test_cells_left_out_are_counted_but_not_taken() -> None:
    source = read(notebook(code("# exploration\nimport os"), code("%%bash\nls"), code("x = 1")))

    assert "os" not in source.text
    assert source.locate(source.text.split("\n").index("x = 1") + 1).cell == 3


def test_a_source_in_a_list_of_lines_is_joined() -> None:
    assert "a = 1\nb = 2" in read(notebook(code(["a = 1\n", "b = 2"]))).text


def test_carriage_returns_become_newlines() -> None:
    assert "a = 1\nb = 2\nc = 3" in read(notebook(code("a = 1\r\nb = 2\rc = 3"))).text


@pytest.mark.parametrize(
    "first", ["# exploration", "#Exploration: look at it", "\n\n# exploration"]
)
def test_a_cell_that_begins_with_exploration_is_left_out(first: str) -> None:
    assert python_lines(f"{first}\nimport os") == []


def test_exploration_further_down_leaves_nothing_out() -> None:
    cell = "import keras\n# exploration"
    assert python_lines(cell) == cell.split("\n")


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("%matplotlib inline", "pass"),
        ("!pip install keras", "pass"),
        ("!!ls", "pass"),
        ("?model", "pass"),
        ("model.fit?", "pass"),
        ("model.fit??", "pass"),
        ("files = !ls", "pass"),
        ("a, b = !ls", "pass"),
        ("here = %pwd", "pass"),
        ("%timeit f()", "pass"),
        ("%time model = f()", "model = f()"),
    ],
)
def test_what_only_jupyter_reads_is_taken_out(line: str, python: str) -> None:
    assert python_lines(f"a = 1\n{line}\nb = 2") == ["a = 1", python, "b = 2"]


@pytest.mark.parametrize(
    "cell",
    [
        "x = (7\n% 3)",
        "x = 7 \\\n% 3",
        'x = """\n%matplotlib inline\n!ls\nwhat?\n"""',
        "x = '''it's\n!ls\n'''",
        "x = 'a\\\n%b'",
        "x = ['(', '''\n''',\n'#']",
        "x = 7  # (why?\nx %= 3",
        "x = 'what?'",
        'x = f"{x}" "\\"("\nassert x != 3',
        "# is this a question?",
        "x = {\n    'a': 7\n    % 3,\n}",
        'x = """a\\"""\n%b"""',
        "x = 'a'''\ny = 2",
    ],
)
def test_python_is_left_alone(cell: str) -> None:
    ast.parse(cell)
    assert python_lines(cell) == cell.split("\n")


def test_an_indented_shell_line_leaves_its_block_valid() -> None:
    lines = python_lines("for i in range(3):\n    !echo {i}\nx = 1")
    assert lines == ["for i in range(3):", "    pass", "x = 1"]


def test_a_shell_line_takes_its_continuation_with_it() -> None:
    assert python_lines("!pip install \\\n  keras\nx = 1") == ["pass", "", "x = 1"]


@pytest.mark.parametrize("magic", ["%%time", "%%capture output", "%%prun -l 5"])
def test_a_magic_around_python_loses_only_its_line(magic: str) -> None:
    assert python_lines(f"{magic}\nx = 1") == ["", "x = 1"]


def test_magics_around_python_may_be_stacked() -> None:
    assert python_lines("%%time\n%%capture\nx = 1") == ["", "", "x = 1"]


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile a.py", "%%javascript", "%%timeit", "%%"])
def test_any_other_cell_magic_drops_its_cell(magic: str) -> None:
    assert python_lines(f"\n{magic}\nx = 1") == []


def test_a_cell_pasted_with_an_indentation_is_forgiven() -> None:
    assert python_lines("    x = 1\n    y = 2") == ["x = 1", "y = 2"]


def test_a_backslash_at_the_end_of_a_cell_does_not_reach_into_the_next() -> None:
    source = read(notebook(code("x = 1 + \\"), code("y = 2")))
    with pytest.raises(SyntaxError):
        ast.parse(source.text)


def test_a_long_cell_of_open_brackets_takes_linear_time() -> None:
    cell = "x = [\n" * 50_000 + " " * 200_000 + "%"
    assert len(python_lines(cell)) == 50_001


def test_a_notebook_of_version_3_is_upgraded() -> None:
    cell = {
        "cell_type": "code",
        "input": ["x = 1\n", "y = 2"],
        "language": "python",
        "outputs": [],
        "collapsed": False,
        "metadata": {},
    }
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [cell], "metadata": {}}],
    }
    assert "x = 1\ny = 2" in read(json.dumps(old).encode()).text


def test_a_notebook_without_code_is_an_empty_module() -> None:
    assert read(notebook(markdown("nothing"))).text == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b'{"nbformat": "4", "cells": []}',
        b'{"nbformat": 4}',
        b'{"nbformat": 4, "cells": 7}',
        b'{"nbformat": 4, "cells": [7]}',
        b'{"nbformat": 4, "cells": [{}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [7]}]}',
        b'{"nbformat": 3}',
        b'{"nbformat": 3, "worksheets": [7]}',
        b'{"nbformat": 2, "worksheets": 7}',
        b'{"nbformat": 1, "cells": [[]]}',
        b'{"nbformat": 3, "nbformat_minor": null, "worksheets": []}',
        b'{"nbformat": 0}',
        b'{"nbformat": -1}',
        b'{"nbformat": true}',
        b"[" * 100_000,
        b'{"nbformat": ' + b"9" * 5000 + b"}",
        b'{"nbformat": 4.5, "cells": []}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": {"x = 1": 0}}]}',
        b'{"nbformat": 4, "cells": []} []',
        '{"nbformat": 4, "cells": []}'.encode("utf-16"),
        '{"nbformat": 4, "cells": []}'.encode("utf-16-le"),
    ],
)
def test_what_is_no_notebook_is_a_finding(data: bytes) -> None:
    finding = read_notebook(data, "submission.py", "hw.ipynb")

    assert isinstance(finding, Finding)
    assert finding.rule == "not-a-notebook"
    assert finding.location == Location("hw.ipynb")
    assert len(finding.message) < 400
    assert finding.hint


@pytest.mark.parametrize("oddity", ["\ufeff", " \r\n"])
def test_a_byte_order_mark_and_white_space_are_fine(oddity: str) -> None:
    assert "x = 1" in read(oddity.encode() + notebook(code("x = 1"))).text


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", "9" * 4000])
def test_numbers_of_any_kind_are_read_over(value: str) -> None:
    data = b'{"zoom": %b, ' % value.encode() + notebook(code("x = 1"))[1:]
    assert "x = 1" in read(data).text


def test_of_a_key_that_comes_twice_the_last_counts_as_in_jupyter() -> None:
    data = b'{"nbformat": 4, "cells": [], ' + notebook(code("x = 1"))[1:]
    assert "x = 1" in read(data).text


@pytest.mark.parametrize(
    ("version", "key"), [(3, "input"), (2, "input"), (1, "code")], ids=["v3", "v2", "v1"]
)
def test_old_formats_are_read(version: int, key: str) -> None:
    cells = [{"cell_type": "code", key: "x = 1"}, {"cell_type": "text"}, {"cell_type": "code"}]
    holder = {"cells": cells} if version == 1 else {"worksheets": [{"cells": cells}]}
    source = read(json.dumps({"nbformat": version, **holder}).encode())
    assert source.text == "x = 1\n"


# --- too much of it -----------------------------------------------------------------------------


def refused(data: bytes) -> Finding:
    finding = read_notebook(data, "submission.py", "hw.ipynb")
    assert isinstance(finding, Finding)
    assert finding.rule == "too-large"
    assert finding.hint
    return finding


def test_cells_without_number_are_too_large() -> None:
    assert "cells" in refused(notebook(*[markdown("")] * (MAX_CELLS + 1))).message
    assert read(notebook(*[code("x = 1")] * MAX_CELLS)).cell_lines[-1] == (MAX_CELLS, 1)


def test_json_made_to_eat_memory_is_not_parsed() -> None:
    data = b'{"nbformat": 4, "cells": [' + b"[]," * 1_000_000 + b"[]]}"
    assert "lists and objects" in refused(data).message


def test_more_code_than_anyone_writes_is_too_large() -> None:
    half = "#" * (MAX_SOURCE_BYTES // 2)
    assert read(notebook(code(half), code(half)))
    refused(notebook(code(half), code(half), code("#")))


def test_a_pile_of_magics_takes_linear_time() -> None:
    started_s = time.process_time()
    assert python_lines("%%time\n" * 20_000 + "x = 1")[-1] == "x = 1"
    assert time.process_time() - started_s < 5


def test_the_notebook_handed_out_holds_the_three_functions_and_no_outputs() -> None:
    data = (ROOT / "assignment" / "submission.ipynb").read_bytes()
    functions = {
        node.name for node in ast.parse(read(data).text).body if isinstance(node, ast.FunctionDef)
    }
    cells = json.loads(data)["cells"]

    assert functions == {"build_model", "build_augmentation", "training_plan"}
    assert all(not cell.get("outputs") for cell in cells)


def test_importing_brings_in_no_heavy_library() -> None:
    script = (
        "import sys, autograder.intake, autograder.checks; "
        "print({'nbformat', 'pandas', 'tensorflow', 'keras', 'numpy'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.strip() == "set()"


HANDOUT = ROOT / "assignment" / "submission.ipynb"


def test_the_handout_is_a_valid_notebook() -> None:
    nbformat.validate(nbformat.read(HANDOUT, as_version=4))  # type: ignore[no-untyped-call]


# --- notebooks that other programs saved or exported --------------------------------------------

COLAB = {
    "nbformat": 4,
    "nbformat_minor": 0,
    "metadata": {
        "colab": {"provenance": [], "gpuType": "T4"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "accelerator": "GPU",
    },
    "cells": [
        {"cell_type": "markdown", "source": ["# Signs"], "metadata": {"id": "aXq"}},
        {
            "cell_type": "code",
            "source": ["#@title Setup { display-mode: \"form\" }\n", "!pip install -q keras\n",
                       "%cd /content\n", "import keras"],
            "metadata": {"id": "bXq", "cellView": "form"},
            "execution_count": None,
            "outputs": [],
        },
    ],
}  # fmt: skip
VS_CODE = {
    "nbformat": 4,
    "nbformat_minor": 2,
    "metadata": {"language_info": {"name": "python"}, "orig_nbformat": 4},
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"vscode": {"languageId": "python"}},
            "outputs": [],
            "source": ["%matplotlib inline\n", "import keras"],
        }
    ],
}


@pytest.mark.parametrize("saved", [COLAB, VS_CODE], ids=["Colab", "VS Code"])
def test_notebooks_saved_elsewhere_are_read(saved: dict[str, object]) -> None:
    assert read(json.dumps(saved).encode()).text.splitlines()[-2:] == ["pass", "import keras"]


@pytest.mark.parametrize(
    ("exported", "expected"),
    [
        (  # Colab
            '"""hw.ipynb\n\nAutomatically generated by Colab.\n"""\n!pip install keras\n# %cd /\n',
            '"""hw.ipynb\n\nAutomatically generated by Colab.\n"""\npass\n# %cd /\n',
        ),
        (  # Jupyter
            "# coding: utf-8\n\n# In[1]:\n\nget_ipython().run_line_magic('cd', '/')\nx = 1\n",
            "# coding: utf-8\n\n# In[1]:\n\npass\nx = 1\n",
        ),
        (  # VS Code
            "# %%\nx = 1\n\n# %% [markdown]\n# exploration of data\n# %%\nif x:\n    !ls\n",
            "# %%\nx = 1\n\n\n\n# %%\nif x:\n    pass\n",
        ),
        ("# In[2]:\n\n# exploration\nplot(x)\n# In[ ]:\ny = 2", "\n\n\n\n# In[ ]:\ny = 2"),
        ('# %%\ntext = """\n!kept\n%kept\n"""\n', '# %%\ntext = """\n!kept\n%kept\n"""\n'),
        ("!ls\nx = 1\n", "!ls\nx = 1\n"),  # no export: Python has to speak of it
        ("x = 1\n# exploration\ny = 2\n", "x = 1\n# exploration\ny = 2\n"),
    ],
)
def test_exports_read_as_the_notebook_would(exported: str, expected: str) -> None:
    assert without_export_marks(exported) == expected


@pytest.mark.parametrize("text", ["\n", "# %%\n", '"""\n\n', "# In[", "get_ipython().x("])
def test_whether_it_is_an_export_is_told_at_once(text: str) -> None:
    started_s = time.process_time()
    without_export_marks(text * (MAX_SOURCE_BYTES // len(text)))
    assert time.process_time() - started_s < 5
