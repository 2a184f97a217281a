"""The program: settings, wiring, jobs, clock, delivery and the command line."""
