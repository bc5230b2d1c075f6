"""`sync`: the exchange with the central store as a process of its own, once or following."""
