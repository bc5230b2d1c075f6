"""The task "Take in a file": named, shown as it is understood, taken, and settled."""
