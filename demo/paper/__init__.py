"""The sheet laboratory: printed sheets filled in by invented people, then photographed or scanned, with the truth.

It takes the PDF of a sheet and a ``Geometry`` and imports nothing of the product. See README.md.
"""
