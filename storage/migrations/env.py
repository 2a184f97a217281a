"""Alembic's entry: runs on the connection that ``storage.migrate`` opened."""

from alembic import context

from storage.migrate import owned
from storage.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=owned,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
