"""migralint replays an Alembic history on paper and judges every change against the schema it meets."""

__version__ = "0.1.0"
