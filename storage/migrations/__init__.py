"""Alembic revisions; run by ``storage.migrate``, never by a path or an ini file."""
