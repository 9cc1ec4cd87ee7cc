"""Changes of ``label_token_ids`` that are right as well."""

EQUIVALENT = {"ids.append(pieces[-1])": "of a list with one element the last is the first"}
