"""Changes of ``paired_p`` that are right as well."""

EQUIVALENT = {
    "return min(2 * ways / 2 ** (b + c), 1.0)": "the smaller of two is the same in either order",
    "ways = sum((math.comb(b + c, heads) for heads in range(min(c, b) + 1)))": (
        "the smaller of two is the same in either order"
    ),
}
