"""What happens when everything goes wrong at once. Run with `make chaos`."""
