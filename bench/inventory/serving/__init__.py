"""What the centre does by itself, beside its door, and how systemd hears of it."""
