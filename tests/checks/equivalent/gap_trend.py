"""Mutants of ``gap_trend`` that are right too."""

LENGTH = "all lists and tensors have one entry a point"
SCALAR = "a tensor of one number is read as that number"
RIGHT_ANGLE = "residuals are at a right angle to the line, so y has nothing else to give"
EQUIVALENT = {
    "residuals = slope * x - y": "only their squares are used",
    "slope = y @ x / (x @ x)": "a product of two vectors is the same in either order",
    "return (slope, (slope - half).item(), (slope + half).item())": SCALAR,
    "return (slope.item(), slope - half, (slope + half).item())": SCALAR,
    "return (slope.item(), (slope - half).item(), slope + half)": SCALAR,
    "half = scipy.stats.t.ppf(0.975, len(sizes) - 2) * error": LENGTH,
    "half = scipy.stats.t.ppf(0.975, len(gaps) - 2) * error": LENGTH,
    "half = scipy.stats.t.ppf(0.975, len(residuals) - 2) * error": LENGTH,
    "half = scipy.stats.t.ppf(0.975, len(y) - 2) * error": LENGTH,
    "error = (y @ residuals / (len(x) - 2) / (x @ x)).sqrt()": RIGHT_ANGLE,
    "error = (residuals @ y / (len(x) - 2) / (x @ x)).sqrt()": RIGHT_ANGLE,
    "error = (residuals @ residuals / (len(sizes) - 2) / (x @ x)).sqrt()": LENGTH,
    "error = (residuals @ residuals / (len(gaps) - 2) / (x @ x)).sqrt()": LENGTH,
    "error = (residuals @ residuals / (len(residuals) - 2) / (x @ x)).sqrt()": LENGTH,
    "error = (residuals @ residuals / (len(y) - 2) / (x @ x)).sqrt()": LENGTH,
}
