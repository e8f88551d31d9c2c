// Layer norm, root-mean-square norm and their gradients: one warp for each row, the lanes side by side along it.
#include "common.cuh"

// With s = x + residual (may be null): normalized = (s - mean) * reciprocal deviation,
// y = gamma * normalized + beta (may be null). Not centred, the mean is taken for 0.
KERNEL layer_norm_forward(const float* x, const float* residual, const float* gamma,
                          const float* beta, float epsilon, int centred, float* y,
                          float* normalized, float* deviation, int rows, int cols) {
    int row = row_of_warp(), lane = threadIdx.x % WARP;
    if (row >= rows) return;  // the whole warp
    size_t at = (size_t)row * cols;
    // Each lane reads of normalized only what it wrote itself.
    float sum = 0.0f;
    for (int c = lane; c < cols; c += WARP) {
        float s = x[at + c];
        if (residual) s += residual[at + c];
        normalized[at + c] = s;
        sum += s;
    }
    float mean = centred ? warp_sum(sum) / cols : 0.0f;
    // the mean of what is left is the rounding error of the mean: a constant row becomes 0
    sum = 0.0f;
    for (int c = lane; c < cols; c += WARP) {
        float s = normalized[at + c] - mean;
        normalized[at + c] = s;
        sum += s;
    }
    float rest = centred ? warp_sum(sum) / cols : 0.0f;
    sum = 0.0f;
    for (int c = lane; c < cols; c += WARP) {
        float s = normalized[at + c] - rest;
        normalized[at + c] = s;
        sum = fmaf(s, s, sum);
    }
    float variance = warp_sum(sum) / cols;
    // squares beyond float32 must not turn a row into beta: 1 / infinity would be 0
    float rd = isinf(variance) ? variance - variance : 1.0f / sqrtf(variance + epsilon);
    for (int c = lane; c < cols; c += WARP) {
        float n = normalized[at + c] * rd;
        normalized[at + c] = n;
        y[at + c] = beta ? fmaf(gamma[c], n, beta[c]) : gamma[c] * n;
    }
    if (lane == 0) deviation[row] = rd;
}

// With u = gamma * gy: gs = (u - mean(u) - normalized * mean(u * normalized)) * deviation, without
// mean(u) if not centred. gs may be gy.
KERNEL layer_norm_backward(const float* gy, const float* gamma, int centred,
                           const float* normalized, const float* deviation, float* gs, int rows,
                           int cols) {
    int row = row_of_warp(), lane = threadIdx.x % WARP;
    if (row >= rows) return;
    size_t at = (size_t)row * cols;
    float sum = 0.0f, along = 0.0f;
    for (int c = lane; c < cols; c += WARP) {
        float u = gamma[c] * gy[at + c];
        sum += u;
        along = fmaf(u, normalized[at + c], along);
    }
    float mean = centred ? warp_sum(sum) / cols : 0.0f;
    float projection = warp_sum(along) / cols;
    float rd = deviation[row];
    for (int c = lane; c < cols; c += WARP) {
        float u = gamma[c] * gy[at + c];
        gs[at + c] = fmaf(-normalized[at + c], projection, u - mean) * rd;
    }
}
