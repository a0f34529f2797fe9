"""The door of Lambda and what stands behind it at AWS."""
