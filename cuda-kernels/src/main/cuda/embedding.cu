// Rows of tables and tensors, and points between two tensors: one thread an element,
// or a column where terms are added up.
#include "common.cuh"

// y[r] (+)= x[rows[r]], n = rows of y * cols
KERNEL gather(int n, int cols, const float* x, const int* rows, float* y, int accumulate) {
    unsigned i = thread_number();
    if (i >= n) return;
    float v = x[(size_t)rows[i / cols] * cols + i % cols];
    y[i] = accumulate ? y[i] + v : v;
}

// gx[t] += gy[r] for pairs (t, r) in ascending order, n = pairs * cols. The first pair of a row t adds
// all of its terms, in order.
KERNEL scatter_add(int n, int cols, const float* gy, const int* pairs, float* gx) {
    unsigned i = thread_number();
    if (i >= n) return;
    unsigned p = i / cols, c = i % cols, end = n / cols;
    int t = pairs[2 * p];
    if (p > 0 && pairs[2 * p - 2] == t) return;
    float sum = gx[(size_t)t * cols + c];
    for (; p < end && pairs[2 * p] == t; p++) sum += gy[(size_t)pairs[2 * p + 1] * cols + c];
    gx[(size_t)t * cols + c] = sum;
}

// y[k] = start + alphas[k] (end - start), size elements an item, n = items * size
KERNEL lerp(int n, int size, const float* start, const float* end, const float* alphas, float* y) {
    unsigned i = thread_number();
    if (i >= n) return;
    float a = alphas[i / size], s = start[i % size], e = end[i % size];
    // the ends by themselves: e - s may overflow, and 0 times that is NaN
    y[i] = a == 0.0f ? s : a == 1.0f ? e : fmaf(a, e - s, s);
}
