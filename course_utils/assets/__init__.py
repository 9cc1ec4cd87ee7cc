"""What is fetched once and kept: the language model, the rated sentences, a word list."""
