"""What is plugged into a bench: implementations of `bench.ports`, without Qt."""
