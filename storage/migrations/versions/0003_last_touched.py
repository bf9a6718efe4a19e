"""the customers of whom something was said last"""

from __future__ import annotations

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema forward."""
    op.create_index('ix_opportunities_owner_touched', 'opportunities', ['owner_id', 'touched_at'], unique=False)


def downgrade() -> None:
    """Takes the schema back."""
    op.drop_index('ix_opportunities_owner_touched', table_name='opportunities')
