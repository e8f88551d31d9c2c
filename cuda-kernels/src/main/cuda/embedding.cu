// Rows of tables and sequences, and the straight path between two sequences: one thread an element.
#include "common.cuh"

// y[r] (+)= table[ids[r]], n = rows * cols
KERNEL gather_rows(int n, int cols, const float* table, const int* ids, float* y, int accumulate) {
    unsigned i = thread_number();
    if (i >= n) return;
    float v = table[(size_t)ids[i / cols] * cols + i % cols];
    y[i] = accumulate ? y[i] + v : v;
}

// y[b] = x[b, rows[b]], n = batch * cols, x of length rows an item
KERNEL select_rows(int n, int cols, int length, const float* x, const int* rows, float* y) {
    unsigned i = thread_number();
    if (i >= n) return;
    unsigned b = i / cols;
    y[i] = x[((size_t)b * length + rows[b]) * cols + i % cols];
}

// gx[b, rows[b]] += gy[b]
KERNEL select_rows_backward(int n, int cols, int length, const float* gy, const int* rows,
                            float* gx) {
    unsigned i = thread_number();
    if (i >= n) return;
    unsigned b = i / cols;
    gx[((size_t)b * length + rows[b]) * cols + i % cols] += gy[i];
}

// y[k] = start + alphas[k] (end - start), size elements an item, n = items * size
KERNEL interpolate(int n, int size, const float* start, const float* end, const float* alphas,
                   float* y) {
    unsigned i = thread_number();
    if (i >= n) return;
    float a = alphas[i / size], s = start[i % size], e = end[i % size];
    // the ends by themselves: e - s may overflow, and 0 times that is NaN
    y[i] = a == 0.0f ? s : a == 1.0f ? e : fmaf(a, e - s, s);
}
