"""What a stage consists of at AWS, and how it gets there."""
