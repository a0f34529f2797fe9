"""The adapters for a single machine."""
