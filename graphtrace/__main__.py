"""``python -m graphtrace``, and the command ``graphtrace``."""

import sys


def main() -> int:
    """Run the command line; Ctrl-C before it is loaded is an end like any later one."""
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
