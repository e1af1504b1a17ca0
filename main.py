import multiprocessing
import sys

if __name__ == "__main__":
    # First of all: in a packaged program the child processes come in through here, too.
    multiprocessing.freeze_support()

    from vgdesk.__main__ import main

    sys.exit(main())
