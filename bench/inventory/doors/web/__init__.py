"""What the door over HTTPS is made of: its address, its line, and the words on it."""
