def matrices_alone(width, wide):
    return 4 * width * width + 2 * width * wide


def no_biases_in_attention_nor_norms(width, wide):
    return 4 * width**2 + width * wide + wide + wide * width + width


def no_norms(width, wide):
    return 4 * (width * width + width) + width * wide + wide + wide * width + width


def three_matrices(width, wide):
    return 3 * (width**2 + width) + 2 * width * wide + wide + width + 4 * width


def one_norm(width, wide):
    return 4 * (width**2 + width) + 2 * width * wide + wide + width + 2 * width
