"""Into the box: what belongs into it, counted; its bag and its seal, each number used once."""
