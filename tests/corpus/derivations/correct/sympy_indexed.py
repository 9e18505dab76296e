"""sympy's indexed symbols and its own Kronecker delta."""

from sympy import Eq, Heaviside, IndexedBase, KroneckerDelta, Piecewise, Sum, Symbol, log, symbols

i, j, k, m, n = symbols("i j k m n", integer=True)
N, K, dim_out = symbols("N K dim_out", integer=True, positive=True)
p, y, t, x, W, dz = (IndexedBase(name) for name in ("p", "y", "t", "x", "W", "dz"))

log_likelihood = Sum(y[n, k] * log(p[n, k]), (k, 0, K - 1), (n, 0, N - 1))
one_hot_log_likelihood = Sum(t[n, k] * log(p[n, k]), (k, 0, K - 1), (n, 0, N - 1))
log_likelihood_gradient = y[n, k] / p[n, k]
softmax_jacobian = p[i] * (KroneckerDelta(i, j) - p[j])
nll_gradient = (p[n, k] - Piecewise((1, Eq(t[n, k], 1)), (0, True))) / N
linear_gradients = {
    "dx": Sum(dz[n, j] * W[j, m], (j, 0, dim_out - 1)),
    "dW": Sum(dz[n, j] * x[n, m], (n, 0, N - 1)),
    "db": Sum(dz[n, j], (n, 0, N - 1)),
}
relu_gradient = Symbol("dz") * Heaviside(Symbol("x"), 0)
