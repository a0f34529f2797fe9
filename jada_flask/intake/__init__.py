"""Every way in: what the outside sends, read into the domain's values or refused."""
