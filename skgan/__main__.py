"""The command line: ``python -m skgan data.csv --out new.csv``."""

import sys

from .cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
