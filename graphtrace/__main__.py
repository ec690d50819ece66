"""``python -m graphtrace``, and the command ``graphtrace``."""

import gc
import sys

_NEW_OBJECTS = 50_000
"""New objects after which cycles among them are looked for: what a command imports and reads holds hardly any."""


def main() -> int:
    """Run the command line; Ctrl-C before it is loaded is an end like any later one."""
    gc.set_threshold(_NEW_OBJECTS)
    if sys.argv[1:2] == ["--parser"]:
        from graphtrace.ingest.readers.child_process import run_parser

        run_parser(*sys.argv[2:])
    try:
        from graphtrace.cli import main as run
    except KeyboardInterrupt:
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
