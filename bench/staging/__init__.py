"""One handset at one slot, and the station that has the only say."""
