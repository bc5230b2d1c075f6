"""Taking in what files say: orders, despatch notes, fleets, SIMs, licences, budgets, programmes."""
