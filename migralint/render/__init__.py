"""Operations as the Alembic code that a person would write."""
