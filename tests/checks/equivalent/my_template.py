"""Changes of ``my_template`` that are right as well: another wording may ask for the label too."""

SPELLED = "a typing slip, which the question survives"
WORDED = "another wording, which still asks for the label"
EQUIVALENT = {
    "without my_template = ...": "the template follows anyway",
    r"my_template = ': {text}\nIs this review positive or negative? It is'": WORDED,
    r"my_template = 'Review {text}\nIs this review positive or negative? It is'": SPELLED,
    r"my_template = 'Review:{text}\nIs this review positive or negative? It is'": SPELLED,
    r"my_template = 'Review: {text}Is this review positive or negative? It is'": SPELLED,
    r"my_template = 'Review: {text}\n this review positive or negative? It is'": WORDED,
    r"my_template = 'Review: {text}\nIsthis review positive or negative? It is'": SPELLED,
    r"my_template = 'Review: {text}\nIs  review positive or negative? It is'": SPELLED,
    r"my_template = 'Review: {text}\nIs thisreview positive or negative? It is'": SPELLED,
    r"my_template = 'Review: {text}\nIs this  positive or negative? It is'": WORDED,
    r"my_template = 'Review: {text}\nIs this review positive  negative? It is'": SPELLED,
    r"my_template = 'Review: {text}\nIs this review positive or negative It is'": SPELLED,
    r"my_template = 'Review: {text}\nIs this review positive or negative?It is'": SPELLED,
    r"my_template = 'Review: {text}\nIs this review positive or negative?  is'": SPELLED,
    r"my_template = 'Review: {text}\nIs this review positive or negative? Itis'": SPELLED,
}
