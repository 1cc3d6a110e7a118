def biases_forgotten(width, labels):
    return width * width + width * labels


def classifier_bias_forgotten(width, labels):
    return width * width + width + width * labels


def first_bias_forgotten(width, labels):
    return width * width + width * labels + labels


def last_layer_only(width, labels):
    return width * labels + labels


def first_layer_only(width, labels):
    return width * width + width


def always_two_labels(width, labels):
    return width * width + width + width * 2 + 2


def one_bias_for_each_layer(width, labels):
    return width * width + 1 + width * labels + 1


def bias_of_width_twice(width, labels):
    return width * width + width + width * labels + width


def sums_instead_of_products(width, labels):
    return (width + width) + width + (width + labels) + labels


def both_layers_alike(width, labels):
    return 2 * (width * labels + labels)
