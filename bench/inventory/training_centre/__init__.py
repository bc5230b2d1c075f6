"""A centre of this program's own, on loopback, for training and tests: begun and ended with it."""
