"""`python -m migralint`."""

from migralint.cli import main

if __name__ == "__main__":
    main()
