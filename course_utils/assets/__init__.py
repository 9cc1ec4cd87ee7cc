"""What is fetched once and kept: the language model and the rated sentences."""
