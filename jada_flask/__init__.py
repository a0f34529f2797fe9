"""JADA runs the charters of a small operator.

One booking does all of the office's work.
"""
from __future__ import annotations

__version__ = "0.1.0"
