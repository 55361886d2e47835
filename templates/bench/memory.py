"""STREAM's triad by numpy, on arrays far larger than a cache."""
import numpy

from harness import measure

count = 8 << 20
a, b, c = numpy.ones(count), numpy.ones(count), numpy.empty(count)


def triad():
    numpy.multiply(b, 3.0, out=c)
    numpy.add(a, c, out=c)


# numpy goes over the arrays twice: two reads and a write, then three of them again less one
measure(triad, lambda seconds: 5 * count * 8 / seconds / 1e9)
