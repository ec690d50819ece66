#!/bin/sh
# Builds the wheel, installs it into an empty environment and uses it from another folder.
# usage: try_wheel.sh PYTHON   (a Python that has build and hatchling)
set -eu
python=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m build --quiet --wheel --no-isolation --outdir "$work/dist" .
"$python" -m venv "$work/env"
"$work/env/bin/python" -m pip install --quiet "$work"/dist/graphtrace-*.whl
cd "$work"
env/bin/graphtrace --version
env/bin/graphtrace identify 898604B81625D0045436 > /dev/null
env/bin/graphtrace demo shown > demo.txt
env/bin/python -c 'import graphtrace as gt; print(sum(1 for _ in gt.open_case("shown/demo.gtrace").status().files), "files in the demo case")'
grep -q proven demo.txt || { cat demo.txt; exit 1; }
echo "the wheel works"
