"""The bench's secrets, sealed to the computer they belong to wherever it can do that."""
