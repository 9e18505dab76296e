"""Formulas as they stand before they are made short: the quotient rule, the whole chain, the scores themselves."""

log_likelihood = "Sum(Sum(log(p_nk ^ y_nk), (k, 1, K)), (n, 1, N))"
one_hot_log_likelihood = "Sum(Sum(t_nk * log(p_nk), k), n)"
log_likelihood_gradient = "Sum(delta_kc * y_nc * 1 / p_nc, c)"
softmax_jacobian = """
    (delta_ij * exp(z_i) * Sum(exp(z_c), c) - exp(z_i) * exp(z_j))
    / Sum(exp(z_c), c) ^ 2
"""
nll_gradient = "-1/N * Sum(t_nc / p_nc * p_nc * (delta_kc - p_nk), c)"
linear_gradients = ("sum(W_jm * dz_nj for j in range(dim_out))", "sum(dz_nj * x_nm for n in range(N))", "Sum(1 * dz_nj, (n, 0, N - 1))")
relu_gradient = "dz * (x > 0)"
