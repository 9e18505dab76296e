"""Every answer is a text, in the symbols of the exercise."""

log_likelihood = "Sum(y_nk * log(p_nk), n, k)"
one_hot_log_likelihood = "Sum(log(p_ny), n)"
log_likelihood_gradient = "y_nk / p_nk"
softmax_jacobian = "p_i * (delta_ij - p_j)"
nll_gradient = "(p_nk - t_nk) / N"
linear_gradients = {
    "dx": "Sum(dz_nj * W_jm, j)",
    "dW": "Sum(dz_nj * x_nm, n)",
    "db": "Sum(dz_nj, n)",
}
relu_gradient = "dz if x > 0 else 0"
