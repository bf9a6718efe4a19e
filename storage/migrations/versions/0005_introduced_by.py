"""whom somebody has introduced"""

from __future__ import annotations

from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema forward."""
    op.create_index('ix_persons_referrer_id', 'persons', ['referrer_id'], unique=False)


def downgrade() -> None:
    """Takes the schema back."""
    op.drop_index('ix_persons_referrer_id', table_name='persons')
