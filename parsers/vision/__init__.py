"""Shared eyes: from the bytes of a picture to the cells of a printed sheet. Imported in reading children only."""
