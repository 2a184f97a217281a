"""Numbers, reports and printed sheets."""
