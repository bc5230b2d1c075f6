"""What a Samsung handset says of itself before any set-up: its modem port, asked read-only."""
