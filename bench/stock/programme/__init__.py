"""The roll-out seen from above: target, rates, money, capacity, refresh, and its likely end."""
