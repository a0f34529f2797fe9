"""JADA runs the charters of a small operator: one booking does all of the office's work."""

__version__ = "0.1.0"
