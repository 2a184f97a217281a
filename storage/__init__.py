"""The database, the originals, the outbox and the audit chain."""
