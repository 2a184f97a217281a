"""Fixtures of the intake tests."""

from tests.fakes.dovecot import dovecot

__all__ = ["dovecot"]
