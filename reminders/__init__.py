"""The clock's work: due reminders, escalations and summaries become outbox rows."""
