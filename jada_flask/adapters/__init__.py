"""How each port is kept: on one machine, at AWS, at Google."""
