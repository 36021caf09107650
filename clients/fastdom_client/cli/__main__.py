"""`python -m fastdom_client.cli` is `fastdom`."""

import sys

from fastdom_client.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
