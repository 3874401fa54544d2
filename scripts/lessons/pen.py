"""A pen: curves, lines and ellipses on a paper of 1000 by 1000, as the lists of points that lesson files hold."""

import math


def _spline(points):
    """Catmull and Rom's curve through the points (1974), in steps of about 8 units."""
    if len(points) == 2:
        return [points[0], points[1]]
    first = (2 * points[0][0] - points[1][0], 2 * points[0][1] - points[1][1])
    last = (2 * points[-1][0] - points[-2][0], 2 * points[-1][1] - points[-2][1])
    around = [first, *points, last]
    way = [points[0]]
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:]):
        steps = max(2, int(math.dist(b, c) / 8))
        for step in range(1, steps + 1):
            t = step / steps
            way.append(
                tuple(
                    0.5 * (2 * b[k] + (c[k] - a[k]) * t + (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t**2
                           + (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t**3)
                    for k in (0, 1)
                )
            )
    return way


def curve(*points):
    """One stroke: a smooth curve through the points."""
    return _spline(list(points))


def loop(*points):
    """One stroke: a smooth curve through the points and back to the first."""
    n = len(points)
    around = _spline([points[-1], *points, points[0], points[1]])
    # The part from the first point to the first point again.
    start = min(range(len(around) // 2), key=lambda at: math.dist(around[at], points[0]))
    end = max((at for at in range(len(around)) if math.dist(around[at], points[0]) < 0.5), default=len(around) - 1)
    assert end > start, n
    return around[start:end + 1]


def line(*points):
    """One stroke: straight from point to point."""
    return list(points)


def path(*parts):
    """One stroke made of several, which meet in corners."""
    way = list(parts[0])
    for part in parts[1:]:
        way += part[1:] if math.dist(way[-1], part[0]) < 1 else part
    return way


def arc(x, y, rx, ry, start, end, tilt=0):
    """One stroke: a part of an ellipse; angles in degrees, clockwise from the right."""
    steps = max(6, int(abs(end - start) / 360 * 2 * math.pi * max(rx, ry) / 8))
    way, lean = [], math.radians(tilt)
    for step in range(steps + 1):
        angle = math.radians(start + (end - start) * step / steps)
        a, b = rx * math.cos(angle), ry * math.sin(angle)
        way.append((x + a * math.cos(lean) - b * math.sin(lean), y + a * math.sin(lean) + b * math.cos(lean)))
    return way


def ellipse(x, y, rx, ry, tilt=0):
    """One stroke: a whole ellipse, from its top."""
    return arc(x, y, rx, ry, -90, 270, tilt)


def circle(x, y, r):
    """One stroke: a circle."""
    return ellipse(x, y, r, r)


def box(left, top, right, bottom):
    """One stroke: a rectangle."""
    return line((left, top), (right, top), (right, bottom), (left, bottom), (left, top))


def spiral(x, y, start, end, angle, turn, squeeze=1.0, tilt=0):
    """One stroke: a logarithmic spiral from radius `start` to `end`, beginning at `angle`, over `turn` degrees."""
    way, lean, steps = [], math.radians(tilt), 40
    for step in range(steps + 1):
        t = step / steps
        radius, at = start * (end / start) ** t, math.radians(angle + turn * t)
        a, b = radius * math.cos(at), radius * math.sin(at) * squeeze
        way.append((x + a * math.cos(lean) - b * math.sin(lean), y + a * math.sin(lean) + b * math.cos(lean)))
    return way


def star(x, y, r=14):
    """Two strokes: a star of four rays."""
    return [line((x, y - r), (x, y + r)), line((x - r, y), (x + r, y))]


def mirrored(stroke, x=500):
    """The stroke on the other side of an upright line."""
    return [(2 * x - a, b) for a, b in stroke]


def moved(stroke, dx, dy):
    """The stroke elsewhere."""
    return [(a + dx, b + dy) for a, b in stroke]


def _distance(p, a, b):
    length = math.dist(a, b)
    if length == 0:
        return math.dist(p, a)
    return abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / length


def simplified(stroke, by=1.0):
    """The stroke with fewer points, nowhere further off than `by` (Ramer 1972, Douglas and Peucker 1973)."""
    if len(stroke) < 3:
        return stroke
    at, far = max(((k, _distance(stroke[k], stroke[0], stroke[-1])) for k in range(1, len(stroke) - 1)),
                  key=lambda pair: pair[1])
    closed = math.dist(stroke[0], stroke[-1]) < by
    if closed:
        at = max(range(1, len(stroke) - 1), key=lambda k: math.dist(stroke[k], stroke[0]))
        far = math.dist(stroke[at], stroke[0])
    if far <= by:
        return [stroke[0], stroke[-1]]
    return simplified(stroke[:at + 1], by)[:-1] + simplified(stroke[at:], by)


def numbers(stroke):
    """x, y, x, y, … in whole units on the paper."""
    clamp = lambda v: min(1000, max(0, round(v)))
    flat = [clamp(v) for point in simplified(stroke) for v in point]
    assert len(flat) >= 4, stroke
    return flat
