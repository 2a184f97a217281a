"""Measurements of the product; ``python -m benchmarks`` runs them all (``make bench``)."""
