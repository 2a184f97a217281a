"""The outside world on loopback, for demonstrations: talks to the service by IMAP, SMTP and HTTP only."""
