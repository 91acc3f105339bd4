"""Ways to the customer; strangers to each other."""
