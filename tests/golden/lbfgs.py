"""What SciPy's L-BFGS-B needs for the functions of `src/latent/lbfgs.rs`'s tests: prints value, evaluations and steps.

python3 tests/golden/lbfgs.py (SciPy 1.17)
"""

import numpy as np
from scipy.optimize import minimize

LIMITS = {"maxcor": 10, "maxiter": 200, "maxfun": 1000, "gtol": 1e-6}


def rosenbrock(x):
    a, b = x[:-1], x[1:]
    value = np.sum(100 * (b - a**2) ** 2 + (1 - a) ** 2)
    gradient = np.zeros_like(x)
    gradient[:-1] = -400 * a * (b - a**2) - 2 * (1 - a)
    gradient[1:] += 200 * (b - a**2)
    return value, gradient


def quadratic(x):
    """Curvatures from 1 to 1000, evenly spaced in their logarithm; the minimum is 0 at 1, 1, …"""
    curvature = 10 ** (3 * np.arange(len(x)) / (len(x) - 1))
    return 0.5 * np.sum(curvature * (x - 1) ** 2), curvature * (x - 1)


def cosh(x):
    """Steep far out, so that first steps are too long: sum of cosh(3 (x - 0.1 i))."""
    shifted = 3 * (x - 0.1 * np.arange(len(x)))
    return np.sum(np.cosh(shifted)), 3 * np.sinh(shifted)


STARTS = {
    rosenbrock: np.tile([-1.2, 1.0], 5),
    quadratic: np.zeros(50),
    cosh: np.full(20, 3.0),
}

for function, start in STARTS.items():
    for ftol in (1e-6, 0.0):
        result = minimize(function, start, jac=True, method="L-BFGS-B", options=LIMITS | {"ftol": ftol})
        print(f"{function.__name__:10} ftol {ftol:g}: value {result.fun:.3e}, {result.nfev} evaluations, {result.nit} steps")
