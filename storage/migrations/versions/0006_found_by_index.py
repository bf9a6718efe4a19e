"""people who had another name, and the next follow-up of an opportunity"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

RENAMED = text("CAST(also_known_as AS TEXT) != '[]'")


def upgrade() -> None:
    """Brings the schema forward."""
    op.create_index(
        'ix_persons_renamed', 'persons', ['owner_id'], sqlite_where=RENAMED, postgresql_where=RENAMED
    )
    op.create_index('ix_reminders_opportunity', 'reminders', ['opportunity_id', 'status', 'due_at'])
    op.drop_index('ix_reminders_opportunity_id', table_name='reminders')


def downgrade() -> None:
    """Takes the schema back."""
    op.create_index('ix_reminders_opportunity_id', 'reminders', ['opportunity_id'])
    op.drop_index('ix_reminders_opportunity', table_name='reminders')
    op.drop_index('ix_persons_renamed', table_name='persons')
