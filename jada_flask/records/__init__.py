"""How a value of the domain is stored: its table, its keys, its attributes.

Nothing else knows keys. `operations` may be read by whoever reaches crew and guests;
`money` and `jobs` belong to the office.
"""
