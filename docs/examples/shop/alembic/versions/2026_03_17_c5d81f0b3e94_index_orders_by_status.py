"""index orders by status

Revision ID: c5d81f0b3e94
Revises: 8b27e64c10fa
Create Date: 2026-03-17 09:30:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'c5d81f0b3e94'
down_revision: Union[str, Sequence[str], None] = '8b27e64c10fa'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_index("ix_orders_status", "orders", ["status"])
    op.create_foreign_key("orders_product_id_fkey", "orders", "products", ["product_id"], ["id"])


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_constraint("orders_product_id_fkey", "orders", type_="foreignkey")
    op.drop_index("ix_orders_status", table_name="orders")
