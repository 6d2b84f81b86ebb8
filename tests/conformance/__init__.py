"""What the product emits, judged by software that nobody here wrote. Run with `make conformance`."""
