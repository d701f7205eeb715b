"""Learning management systems: what they give is read here, and what they take is written here."""
