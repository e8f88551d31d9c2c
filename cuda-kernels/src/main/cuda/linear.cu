// Matrix product: linear layers and their gradient.
//
// A block makes one square tile of the result from tiles of both factors in shared memory; each
// thread holds an M x M part of it in registers. Every element is one chain of fmaf in ascending
// order of the inner index, so that the bits do not depend on the tile.
#include "common.cuh"

#define SIDE 16   // threads along each side of a block
#define DEPTH 16  // inner indices in a tile

// Element [row, col] of a matrix of that many rows and cols; zero outside of it.
static __device__ __forceinline__ float element(
    const float* m, int row, int rows, int col, int cols) {
    return row < rows && col < cols ? m[(size_t)row * cols + col] : 0.0f;
}

// c[r, j] = sum_k a[r, k] B[k, j], with B[k, j] = b[j, k] if B_TRANSPOSED, else b[k, j];
// then bias[j] is added unless null, and c if accumulate.
template <int M, bool B_TRANSPOSED>
__device__ __forceinline__ void product(
    const float* __restrict__ a, const float* __restrict__ b, const float* __restrict__ bias,
    float* __restrict__ c, int rows, int cols, int depth, int accumulate) {
    const int TILE = SIDE * M;
    // rows of 16 bytes, so that M floats are one access; the padding spreads the banks
    __shared__ __align__(16) float as[DEPTH][TILE + 4];
    __shared__ __align__(16) float bs[DEPTH][TILE + 4];
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
    int row0 = blockIdx.x * TILE, col0 = blockIdx.y * TILE;
    float sum[M][M] = {};
    for (int k0 = 0; k0 < depth; k0 += DEPTH) {
        for (int i = 0; i < M; i++) {
            int r = ty + i * SIDE;
            as[tx][r] = element(a, row0 + r, rows, k0 + tx, depth);
            if (B_TRANSPOSED) {
                bs[tx][r] = element(b, col0 + r, cols, k0 + tx, depth);
            } else {
                int j = threadIdx.x % TILE, k = threadIdx.x / TILE + i * (THREADS / TILE);
                bs[k][j] = element(b, k0 + k, depth, col0 + j, cols);
            }
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < DEPTH; k++) {
            float x[M], y[M];
#pragma unroll
            for (int i = 0; i < M; i++) x[i] = as[k][ty * M + i];
#pragma unroll
            for (int j = 0; j < M; j++) y[j] = bs[k][tx * M + j];
#pragma unroll
            for (int i = 0; i < M; i++)
#pragma unroll
                for (int j = 0; j < M; j++) sum[i][j] = fmaf(x[i], y[j], sum[i][j]);
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < M; i++) {
        int r = row0 + ty * M + i;
#pragma unroll
        for (int j = 0; j < M; j++) {
            int col = col0 + tx * M + j;
            if (r < rows && col < cols) {
                size_t at = (size_t)r * cols + col;
                float s = sum[i][j];
                if (bias) s += bias[col];
                if (accumulate) s += c[at];
                c[at] = s;
            }
        }
    }
}

// y[r, o] = bias[o] + sum_i x[r, i] weight[o, i]; bias may be null. Tiles of 64 x 64.
KERNEL linear_forward(const float* x, const float* weight, const float* bias, float* y, int rows,
                      int inputs, int outputs) {
    product<4, true>(x, weight, bias, y, rows, outputs, inputs, 0);
}

// The same in tiles of 32 x 32, for results too small to keep the device busy with large ones.
KERNEL linear_forward_small(const float* x, const float* weight, const float* bias, float* y,
                            int rows, int inputs, int outputs) {
    product<2, true>(x, weight, bias, y, rows, outputs, inputs, 0);
}

// gx[r, i] (+)= sum_o gy[r, o] weight[o, i]
KERNEL linear_backward(const float* gy, const float* weight, float* gx, int rows, int inputs,
                       int outputs, int accumulate) {
    product<4, false>(gy, weight, nullptr, gx, rows, inputs, outputs, accumulate);
}

KERNEL linear_backward_small(const float* gy, const float* weight, float* gx, int rows, int inputs,
                             int outputs, int accumulate) {
    product<2, false>(gy, weight, nullptr, gx, rows, inputs, outputs, accumulate);
}
