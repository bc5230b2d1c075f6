"""The bench's side of the exchange with the centre, which is a process of its own."""
