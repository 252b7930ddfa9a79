"""index products by seller

Revision ID: d07be3912f5c
Revises: 5a6f2dc4980b
Create Date: 2026-08-25 09:30:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'd07be3912f5c'
down_revision: Union[str, Sequence[str], None] = '5a6f2dc4980b'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_products_seller_id",
            "products",
            ["seller_id"],
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Downgrade schema."""
    raise NotImplementedError("forward-only: write a new revision instead")
