"""add the country of sellers

Revision ID: e1940b7a6c38
Revises: c5d81f0b3e94
Create Date: 2026-04-21 09:30:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

from app.models import Seller


# revision identifiers, used by Alembic.
revision: str = 'e1940b7a6c38'
down_revision: Union[str, Sequence[str], None] = 'c5d81f0b3e94'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("sellers", sa.Column("country", sa.String(2), nullable=False))
    op.add_column("sellers", sa.Column("payout_account", sa.Text(), nullable=True))
    op.alter_column("sellers", "email", new_column_name="contact_email")
    op.get_bind().execute(sa.update(Seller).values(country="DE"))


def downgrade() -> None:
    """Downgrade schema."""
    op.alter_column("sellers", "contact_email", new_column_name="email")
    op.drop_column("sellers", "payout_account")
    op.drop_column("sellers", "country")
