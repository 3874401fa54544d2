"""The program's seeded random numbers, so that the scripts beside this file can follow a whole step of training.

Streams (`control::rng`) are PCG64-MCG (O'Neill 2014) seeded by PCG32; normal numbers (`generators::seeded_normal`) are Box and
Muller's, in double precision, rounded to single.
"""
import math

import torch

U32, U64, U128 = (1 << 32) - 1, (1 << 64) - 1, (1 << 128) - 1


def turned(x, by, bits):
    by %= bits
    return (x >> by | x << (bits - by)) & ((1 << bits) - 1)


class Rng:
    def __init__(self, seed, stream):
        state, self.state = (seed ^ stream * 0x9E3779B97F4A7C15 & U64) & U64, 0
        for at in range(4):
            state = (state * 6364136223846793005 + 11634580027462260723) & U64
            word = ((state >> 18 ^ state) >> 27) & U32
            self.state |= turned(word, state >> 59, 32) << 32 * at
        self.state |= 1

    def u64(self):
        self.state = self.state * 0x2360ED051FC65DA44385DF649FCCF645 & U128
        return turned((self.state >> 64 ^ self.state) & U64, self.state >> 122, 64)

    def f64(self):
        return (self.u64() >> 11) * 2.0 ** -53


def named(name):
    """Fowler, Noll and Vo's hash."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x00000100000001B3 & U64
    return value


def seeded_normal(shape, seed, name):
    rng, values = Rng(seed, named(name)), []
    while len(values) < math.prod(shape):
        radius = math.sqrt(-2 * math.log(1 - rng.f64()))
        angle = math.tau * rng.f64()
        values += [radius * math.cos(angle), radius * math.sin(angle)]
    return torch.tensor(values[:math.prod(shape)], dtype=torch.float32).to(torch.float64).view(shape)


def seeded_uniform(shape, seed, name):
    rng = Rng(seed, named(name))
    values = [-1 + 2 * rng.f64() for _ in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float32).to(torch.float64).view(shape)
