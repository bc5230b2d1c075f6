"""Power of single USB ports, where a hub can switch it."""
