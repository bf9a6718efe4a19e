"""what the sales method keeps: transactions, assessments, rewards, attachments, a team's own products"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema forward."""
    op.create_table('products',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('entry', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_products_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_products')),
    sa.UniqueConstraint('team_id', 'position', name=op.f('uq_products_team_id_position')),
    sqlite_autoincrement=True
    )
    op.create_table('rewards',
    sa.Column('referrer_id', sa.Integer(), nullable=False),
    sa.Column('opportunity_id', sa.Integer(), nullable=False),
    sa.Column('due_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_rewards_opportunity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['referrer_id'], ['persons.id'], name=op.f('fk_rewards_referrer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards')),
    sa.UniqueConstraint('opportunity_id', name=op.f('uq_rewards_opportunity_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('rewards', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_referrer_id'), ['referrer_id'], unique=False)

    op.create_table('assessments',
    sa.Column('opportunity_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('quarter', sa.String(length=8), nullable=True),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_assessments_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_assessments_member_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_assessments_message_id')),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_assessments_opportunity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_assessments_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessments')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('assessments', schema=None) as batch_op:
        batch_op.create_index('ix_assessments_company', ['company_id', 'kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_assessments_message_id'), ['message_id'], unique=False)
        batch_op.create_index('ix_assessments_opportunity', ['opportunity_id', 'kind'], unique=False)
        batch_op.create_index('ix_assessments_person', ['person_id', 'kind'], unique=False)

    op.create_table('attachments',
    sa.Column('opportunity_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('path', sa.String(length=255), nullable=False),
    sa.Column('media_type', sa.String(length=255), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_attachments_member_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_attachments_message_id')),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_attachments_opportunity_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachments_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachments_opportunity_id'), ['opportunity_id'], unique=False)

    op.create_table('transactions',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('opportunity_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('profit_minor', sa.BigInteger(), nullable=True),
    sa.Column('spent_minor', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('product', sa.String(length=255), nullable=True),
    sa.Column('reference', sa.String(length=255), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_transactions_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_transactions_message_id')),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_transactions_opportunity_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_transactions_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_transactions_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transactions')),
    sa.UniqueConstraint('team_id', 'reference', name=op.f('uq_transactions_team_id_reference')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('transactions', schema=None) as batch_op:
        batch_op.create_index('ix_transactions_company', ['company_id', 'happened_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_transactions_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_transactions_opportunity_id'), ['opportunity_id'], unique=False)
        batch_op.create_index('ix_transactions_person', ['person_id', 'happened_on'], unique=False)
        batch_op.create_index('ix_transactions_team', ['team_id', 'kind', 'happened_on'], unique=False)

    with op.batch_alter_table('objections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('opportunities', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_for', sa.String(length=32), nullable=True))



def downgrade() -> None:
    """Takes the schema back."""
    with op.batch_alter_table('opportunities', schema=None) as batch_op:
        batch_op.drop_column('closed_for')

    with op.batch_alter_table('objections', schema=None) as batch_op:
        batch_op.drop_column('asked_at')
        batch_op.drop_column('answer')

    with op.batch_alter_table('transactions', schema=None) as batch_op:
        batch_op.drop_index('ix_transactions_team')
        batch_op.drop_index('ix_transactions_person')
        batch_op.drop_index(batch_op.f('ix_transactions_opportunity_id'))
        batch_op.drop_index(batch_op.f('ix_transactions_message_id'))
        batch_op.drop_index('ix_transactions_company')

    op.drop_table('transactions')
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachments_opportunity_id'))
        batch_op.drop_index(batch_op.f('ix_attachments_message_id'))

    op.drop_table('attachments')
    with op.batch_alter_table('assessments', schema=None) as batch_op:
        batch_op.drop_index('ix_assessments_person')
        batch_op.drop_index('ix_assessments_opportunity')
        batch_op.drop_index(batch_op.f('ix_assessments_message_id'))
        batch_op.drop_index('ix_assessments_company')

    op.drop_table('assessments')
    with op.batch_alter_table('rewards', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_referrer_id'))

    op.drop_table('rewards')
    op.drop_table('products')
