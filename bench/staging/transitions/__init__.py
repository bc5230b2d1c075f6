"""What a run becomes: a room for each part of its life. Pure; the table stands in `advance`."""
