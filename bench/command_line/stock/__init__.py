"""The commands of the stock: what `stock …` does once its words are parsed."""
