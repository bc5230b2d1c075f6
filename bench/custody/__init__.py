"""Who had which handset, when, and proof of it: an append-only, signed, chained record."""
