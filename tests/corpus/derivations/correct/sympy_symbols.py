"""sympy expressions in plain symbols, with Sum and Piecewise."""

import sympy
from sympy import Piecewise, Sum, log, symbols

p_nk, y_nk, t_nk, p_ny, N, n, k, K = symbols("p_nk y_nk t_nk p_ny N n k K")
p_i, p_j, delta_ij = symbols("p_i p_j delta_ij")
x_nm, W_jm, dz_nj, j = symbols("x_nm W_jm dz_nj j")
x, dz, dim_out = symbols("x dz dim_out")

log_likelihood = Sum(y_nk * log(p_nk), (k, 1, K), (n, 1, N))
one_hot_log_likelihood = Sum(log(p_ny), (n, 1, N))
log_likelihood_gradient = y_nk / p_nk
softmax_jacobian = sympy.expand(p_i * (delta_ij - p_j))
nll_gradient = (p_nk - t_nk) / N
linear_gradients = {
    "dx": Sum(dz_nj * W_jm, (j, 1, dim_out)),
    "dW": Sum(dz_nj * x_nm, (n, 1, N)),
    "db": Sum(dz_nj, (n, 1, N)),
}
relu_gradient = Piecewise((dz, x > 0), (0, True))
