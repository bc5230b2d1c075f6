"""Files for whoever takes them: what changed since the last, and everything once a day."""
