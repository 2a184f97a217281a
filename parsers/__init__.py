"""One way of reading each kind of sheet; run in a limited child process."""
