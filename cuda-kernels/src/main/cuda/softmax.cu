// Softmax of rows, its logarithm, and the cross-entropy: one warp for each row, the lanes side by side
// along it.
#include "common.cuh"
#include "math.cuh"

// Largest element of a row, in every lane; NaN does not count.
static __device__ __forceinline__ float largest(const float* x, int cols) {
    float max = __int_as_float(0xFF800000);
    for (int c = threadIdx.x % WARP; c < cols; c += WARP) max = fmaxf(max, x[c]);
    return warp_max(max);
}

// Sum of exp(x - max) over a row, in every lane: at least 1, the term of the largest element.
static __device__ __forceinline__ float sum_of_exp(const float* x, int cols, float max) {
    float sum = 0.0f;
    for (int c = threadIdx.x % WARP; c < cols; c += WARP) sum += exp_of_negative(x[c] - max);
    return warp_sum(sum);
}

// y[r, c] = exp(x[r, c]) / sum_j exp(x[r, j]). y may be x.
KERNEL softmax(const float* x, float* y, int rows, int cols) {
    int row = row_of_warp();
    if (row >= rows) return;  // the whole warp
    const float* from = x + (size_t)row * cols;
    float* to = y + (size_t)row * cols;
    float max = largest(from, cols);
    float reciprocal = 1.0f / sum_of_exp(from, cols, max);
    for (int c = threadIdx.x % WARP; c < cols; c += WARP) {
        to[c] = exp_of_negative(from[c] - max) * reciprocal;
    }
}

// y[r, c] = x[r, c] - log(sum_j exp(x[r, j])). y may be x.
KERNEL log_softmax(const float* x, float* y, int rows, int cols) {
    int row = row_of_warp();
    if (row >= rows) return;
    const float* from = x + (size_t)row * cols;
    float* to = y + (size_t)row * cols;
    float max = largest(from, cols);
    float log = logarithm(sum_of_exp(from, cols, max));
    for (int c = threadIdx.x % WARP; c < cols; c += WARP) to[c] = from[c] - max - log;
}

// losses[r] = log(sum_c exp(z[r, c])) - z[r, t] and g[r, c] = w (softmax(z[r])[c] - [c = t]), with
// targets[2 r] = t, the class, and targets[2 r + 1] the bits of w, the weight of the row.
KERNEL softmax_cross_entropy(const float* z, const int* targets, float* losses, float* g, int rows,
                             int cols) {
    int row = row_of_warp();
    if (row >= rows) return;
    const float* from = z + (size_t)row * cols;
    float* to = g + (size_t)row * cols;
    int target = targets[2 * (size_t)row];
    float weight = __int_as_float(targets[2 * (size_t)row + 1]);
    float max = largest(from, cols);
    float sum = sum_of_exp(from, cols, max);
    float reciprocal = 1.0f / sum;
    for (int c = threadIdx.x % WARP; c < cols; c += WARP) {
        float p = exp_of_negative(from[c] - max) * reciprocal;
        to[c] = weight * (p - (c == target ? 1.0f : 0.0f));
    }
    if (threadIdx.x % WARP == 0) losses[row] = logarithm(sum) + (max - from[target]);
}
