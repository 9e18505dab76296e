"""Indices in brackets, conditions for the Kronecker delta, Greek letters."""

log_likelihood = "Σ(y[n, k]·log(p[n, k]), n, k)"
one_hot_log_likelihood = "Sum(ln(p_ny), n)"
log_likelihood_gradient = "y[n,k] / p[n,k]"
softmax_jacobian = "p[i]·(1 − p[i]) if i == j else −p[i]·p[j]"
nll_gradient = "(p[n, k] - 1 if t[n, k] == 1 else p[n, k]) / N"
linear_gradients = dict(dx="Sum(dz[n, j] * W[j, m], j)", dW="Sum(dz[n, j] * x[n, m], n)", db="Sum(dz[n, j], n)")
relu_gradient = "dz·Heaviside(x, 0)"
