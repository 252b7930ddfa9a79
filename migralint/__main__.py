"""`python -m migralint`."""

from migralint.cli.main import main

if __name__ == "__main__":
    main()
