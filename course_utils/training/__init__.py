"""The training loop of lessons 2 to 5, and the parts that it is made of."""
