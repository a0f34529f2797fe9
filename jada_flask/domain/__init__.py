"""The rules of the business: plain values, no I/O, no framework, no clock."""
