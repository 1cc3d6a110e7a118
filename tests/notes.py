"""What the notes print of the published checkpoint's run: the tests hold the lessons and the package against it."""

SENTENCES = ["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"]
INPUT_IDS = [
    [101, 1045, 1005, 2310, 2042, 3403, 2005, 1037, 17662, 12172, 2607, 2026, 2878, 2166, 1012, 102],
    [101, 1045, 5223, 2023, 2061, 2172, 999, 102, 0, 0, 0, 0, 0, 0, 0, 0],
]
ATTENTION_MASK = [[1] * 16, [1] * 8 + [0] * 8]
LOGITS = [[-1.5607, 1.6123], [4.1692, -3.3464]]
PROBABILITIES = [[4.0195e-02, 9.5980e-01], [9.9946e-01, 5.4418e-04]]
