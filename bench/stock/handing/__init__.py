"""Taking a consignment over at its site, handing handsets to persons, and who has which."""
