// Sums over rows and over items: one thread a column, terms in ascending order, unless said otherwise.
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

// y[c] (+)= sum of x[r, c] over all rows. Of a column, the threads of eight warps add every eighth row
// each, and the eight sums are added in order. A block has as many columns as a warp has lanes.
KERNEL sum_rows(int rows, int cols, const float* x, float* y, int accumulate) {
    __shared__ float parts[THREADS / WARP][WARP];
    int lane = threadIdx.x % WARP, part = threadIdx.x / WARP;
    int c = blockIdx.x * WARP + lane;
    float sum = 0.0f;
    if (c < cols) {
        for (unsigned r = part; r < rows; r += THREADS / WARP) sum += x[(size_t)r * cols + c];
    }
    parts[part][lane] = sum;
    __syncthreads();
    if (part > 0 || c >= cols) return;
    for (int p = 1; p < THREADS / WARP; p++) sum += parts[p][lane];
    y[c] = accumulate ? y[c] + sum : sum;
}
