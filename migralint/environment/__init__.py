"""What `env.py`, `alembic.ini` and `[tool.alembic]` say, each known or unknown with its place."""
