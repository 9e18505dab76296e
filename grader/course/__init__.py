"""A course as its author wrote it: assignments, provided parts, the catalogue of mistakes, and what was recorded and
measured.
"""
