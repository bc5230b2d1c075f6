"""The shift's hand-over: what is in work, what was done since the last, signed by both."""
