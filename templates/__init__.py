"""Everything a person reads: messages (Jinja), and their one ``render()``."""
