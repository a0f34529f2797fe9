"""What people do here: one function for each, and one commit in each."""
