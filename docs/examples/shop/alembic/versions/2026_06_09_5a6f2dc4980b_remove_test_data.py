"""remove test data and unused columns

Revision ID: 5a6f2dc4980b
Revises: e1940b7a6c38
Create Date: 2026-06-09 09:30:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '5a6f2dc4980b'
down_revision: Union[str, Sequence[str], None] = 'e1940b7a6c38'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("DELETE FROM orders")
    op.drop_column("sellers", "phone")


def downgrade() -> None:
    """Downgrade schema."""
    op.add_column("sellers", sa.Column("phone", sa.String(20), nullable=True))
