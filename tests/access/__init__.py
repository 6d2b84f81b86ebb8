"""Who may open what: every route, every method, every kind of visitor."""
