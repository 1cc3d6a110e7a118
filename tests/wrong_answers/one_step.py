def adds_the_slope(w, slope, lr):
    return w + lr * slope


def no_learning_rate(w, slope, lr):
    return w - slope


def only_the_step(w, slope, lr):
    return -lr * slope


def relative_step(w, slope, lr):
    return w * (1 - lr * slope)


def rate_of_everything(w, slope, lr):
    return (w - slope) * lr


def absolute_slope(w, slope, lr):
    return w - lr * abs(slope)


def divided_by_rate(w, slope, lr):
    return w - slope / lr


def only_the_sign(w, slope, lr):
    if slope > 0:
        return w - lr
    return w + lr


def order_of_subtraction(w, slope, lr):
    return lr * slope - w


def average_of_old_and_slope(w, slope, lr):
    return (1 - lr) * w - lr * slope
