"""Mutants of ``nearest`` that are right too."""

DEFAULT = "dimension 1 is what normalize takes by default, and of two it is topk's, the last"
LAST = "of two dimensions, the last is dimension 1"
EQUIVALENT = {
    "return (vectors @ table.T).topk(k).indices": DEFAULT,
    "return torch.cdist(vectors, table).topk(k, largest=False).indices": DEFAULT,
    "vectors, table = (vectors, normalize(table, dim=1))": (
        "a vector's own length scales all of its cosines, so their order stays"
    ),
    "vectors, table = (normalize(vectors), normalize(table, dim=1))": DEFAULT,
    "vectors, table = (normalize(vectors, dim=1), normalize(table))": DEFAULT,
    "return (vectors @ table.T).topk(k, dim=-1).indices": LAST,
    "return torch.cdist(vectors, table).topk(k, dim=-1, largest=False).indices": LAST,
    "vectors, table = (normalize(vectors, dim=-1), normalize(table, dim=1))": LAST,
    "vectors, table = (normalize(vectors, dim=1), normalize(table, dim=-1))": LAST,
}
