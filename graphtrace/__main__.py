"""``python -m graphtrace``."""

import sys

from graphtrace.cli import main

sys.exit(main())
