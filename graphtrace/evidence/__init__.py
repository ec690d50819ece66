"""Documents that leave the unit: reports, letters and sealed cases, made from the answers of a case."""
