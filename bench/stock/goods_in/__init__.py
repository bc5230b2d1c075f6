"""Goods-in: what was ordered or announced against what is counted, box by box."""
