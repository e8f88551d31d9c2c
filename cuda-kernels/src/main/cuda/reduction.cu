// Sums over rows and over items: one thread a column, terms in ascending order.
#include "common.cuh"

// y[b] = mean over l < lengths[b] of x[b, l], n = batch * cols
KERNEL mean_rows(int n, int cols, int rows, const float* x, const int* lengths, float* y) {
    unsigned i = thread_number();
    if (i >= n) return;
    unsigned b = i / cols;
    const float* column = x + (size_t)b * rows * cols + i % cols;
    float sum = 0.0f;
    for (int l = 0; l < lengths[b]; l++) sum += column[(size_t)l * cols];
    y[i] = sum / lengths[b];
}

// gx[b, l] = gy[b] / lengths[b] for l < lengths[b], else 0; n = batch * rows * cols
KERNEL mean_rows_backward(int n, int cols, int rows, const float* gy, const int* lengths,
                          float* gx) {
    unsigned i = thread_number();
    if (i >= n) return;
    unsigned l = i / cols % rows, b = i / cols / rows;
    gx[i] = l < lengths[b] ? gy[(size_t)b * cols + i % cols] / lengths[b] : 0.0f;
}

// sum = sum + weights[k] g[k] for from <= k < to, n elements an item
KERNEL add_weighted(int n, int from, int to, const float* g, const float* weights, float* sum) {
    unsigned i = thread_number();
    if (i >= n) return;
    float s = sum[i];
    for (int k = from; k < to; k++) s = fmaf(weights[k], g[(size_t)k * n + i], s);
    sum[i] = s;
}
