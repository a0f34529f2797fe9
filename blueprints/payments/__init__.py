"""Payments that patrons make, as staff log them."""
