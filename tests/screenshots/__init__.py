"""Every main page with the demonstration's data: `make screenshots`, and the journeys that look at them all."""
