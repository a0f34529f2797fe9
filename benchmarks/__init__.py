"""What `make bench` measures: ratios, each taken in one run on one machine."""
