#!/bin/sh
# Builds the wheel, installs it into an empty environment and uses it from another folder.
# usage: try_wheel.sh PYTHON   (a Python that has build and hatchling)
set -eu
unset PYTHONPATH
python=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m build --wheel --no-isolation --outdir "$work/dist" "$root" > "$work/build.txt" 2>&1 || { cat "$work/build.txt"; exit 1; }
"$python" -m venv "$work/env"
"$work/env/bin/python" -m pip install --quiet "$work"/dist/graphtrace-*.whl
cd "$work"
env/bin/graphtrace --version
env/bin/graphtrace identify 898604B81625D0045436 > identified.txt
env/bin/graphtrace --lang en demo shown > demo.txt || { cat demo.txt; exit 1; }
grep -q "DOCUMENTED WITHOUT A GAP" demo.txt || { cat demo.txt; exit 1; }
grep -q 'class="gt-figure"' shown/trace.html || { echo 'no drawing in the page'; exit 1; }
env/bin/graphtrace --case shown/demo.gtrace verify
env/bin/graphtrace --case shown/demo.gtrace query sources-of-case > asked.txt
env/bin/graphtrace rules show onward_resale > rule.txt
env/bin/python - <<'END'
from importlib.resources import files

import graphtrace as gt

package = files("graphtrace")
parts = [package / "_examples" / "demo.json", package / "_queries" / "README.md", package / "py.typed"]
parts += [package / "render" / "html" / "vendor" / name for name in ("cytoscape.min.js", "cytoscape.LICENSE", "manifest.json")]
missing = [str(part) for part in parts if not part.is_file()]
assert not missing, missing
print(len(gt.open_case("shown/demo.gtrace").status().files), "files in the demo case")
END
echo "the wheel works"
