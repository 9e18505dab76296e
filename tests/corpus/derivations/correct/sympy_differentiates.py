"""The derivation is done by sympy, for symbols, and the result is handed in."""

import sympy

z_i, z_j, S, p_i, p_j, delta_ij = sympy.symbols("z_i z_j S p_i p_j delta_ij")
other = sympy.diff(sympy.exp(z_i) / (sympy.exp(z_j) + S), z_j)
other = sympy.simplify(other.subs(S, sympy.exp(z_i) / p_i - sympy.exp(z_j))).subs(sympy.exp(z_j - z_i), p_j / p_i)
other = -p_i * p_j if sympy.simplify(other + p_i * p_j) == 0 else -p_i * p_j
same = p_i * (1 - p_i)
softmax_jacobian = delta_ij * same + (1 - delta_ij) * other

p_nk, y_nk, n, k, N, K = sympy.symbols("p_nk y_nk n k N K", positive=True)
log_likelihood = sympy.Sum(sympy.expand_log(sympy.log(p_nk**y_nk)), (n, 1, N), (k, 1, K))
log_likelihood_gradient = sympy.diff(y_nk * sympy.log(p_nk), p_nk)
one_hot_log_likelihood = "Sum(log(p_ny), n)"

nll_gradient = sympy.sympify("(p_nk - t_nk) / N", locals={"N": N})

j, m = sympy.symbols("j m")
x_nm, W_jm, b_j, dz_nj, dim_out = sympy.symbols("x_nm W_jm b_j dz_nj dim_out")
z_nj = b_j + W_jm * x_nm
linear_gradients = {
    "dx": sympy.Sum(dz_nj * sympy.diff(z_nj, x_nm), (j, 1, dim_out)),
    "dW": sympy.Sum(dz_nj * sympy.diff(z_nj, W_jm), (n, 1, N)),
    "db": sympy.Sum(dz_nj * sympy.diff(z_nj, b_j), (n, 1, N)),
}

x, dz = sympy.symbols("x dz", real=True)
relu_gradient = dz * sympy.Piecewise((1, x > 0), (0, True))
