"""The window: Qt, on the main thread, looking at the bench through one bridge."""
