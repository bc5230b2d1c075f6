"""What nobody counts piece by piece: services and accessories of an order, accepted by the line."""
