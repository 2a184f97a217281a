"""The web: health, readiness and metrics; pages and webhooks later move in here."""
