"""The way without a zygote: run the task that standard input describes."""

from __future__ import annotations

import json
import sys
import traceback

from autograder import worker


def main() -> int:
    """Return the exit code of the task, or `worker.NOT_STARTED`."""
    try:
        task, arguments = json.load(sys.stdin)
        worker.warm_up()
        prepared = worker.prepare(arguments)
    except Exception:
        traceback.print_exc()
        return worker.NOT_STARTED
    return worker.run(task, *prepared)


if __name__ == "__main__":
    sys.exit(main())
