"""Attendance machines that play along: a stick, a machine that calls in, a machine that is called and misbehaves."""
