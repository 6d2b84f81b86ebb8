"""How fast the product is, in ratios that hold on any machine. Run with `make bench`."""
