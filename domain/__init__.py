"""Pure rules of presensi manual: no I/O, no SQL, no framework."""
