#!/usr/bin/env bash
# Written by autograder @version@. Gradescope runs this once, as root, when it builds the image.
set -euo pipefail

source=/autograder/source
environment=/opt/autograder

# Whatever lies here is for root alone; students' code runs as somebody else.
chmod -R go= "$source"

find_python() {
    for name in python@python@ python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
        then
            command -v "$name"
            return
        fi
    done
    return 1
}

if ! test -x "$environment/bin/autograder"; then
    if ! python=$(find_python); then
        apt-get update
        for version in @python@ 3.12 3.11; do
            apt-get install --yes "python$version" "python$version-venv" && break
        done
        python=$(find_python)
    fi
    umask 022  # jobs have to read Python's libraries
    "$python" -m venv "$environment"
    "$environment/bin/python" -m pip install --no-cache-dir --disable-pip-version-check \
        --constraint "$source/program/constraints.txt" "$source/program/@wheel@"
fi

# What this machine isolates; the image is not built where that is nothing.
"$environment/bin/autograder" doctor || test $? -eq 1  # 1: degraded, which every report says

# Renders all images now, so that no submission waits for them, and tries the whole way once.
. "$source/settings.sh"
trial=$(mktemp -d)
printf 'pass\n' > "$trial/nothing.py"
"$environment/bin/autograder" grade "$trial/nothing.py" --out "$trial/out" --config "$source/course/grading.yaml" --jobs 1
rm -rf "$trial"
