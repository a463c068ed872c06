"""`python -m minxin.cli`."""

import sys

from minxin.cli import main

if __name__ == "__main__":
    sys.exit(main())
