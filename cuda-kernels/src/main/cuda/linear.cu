// Matrix product: linear layers and their gradient.
//
// A block makes one square tile of the result from tiles of both factors in shared memory; each
// thread holds M x M elements of it in registers. Every element is one chain of fmaf in ascending
// order of the inner index, so that the bits do not depend on the tile.
#include "common.cuh"

// The inner index is padded with zeros to a multiple of this whatever the tile: even a -0 is the same.
#define STEP 16

// Row or column of a tile that is a thread's i-th: neighbours by GROUP, which are read at once, the
// next GROUP as far off as those of the other threads take.
template <int GROUP> __device__ __forceinline__ int place(int thread, int i) {
    return i / GROUP * SIDE * GROUP + thread * GROUP + i % GROUP;
}

// c[r, j] = sum_k a[r, k] B[k, j], with B[k, j] = b[j, k] if B_TRANSPOSED, else b[k, j];
// then bias[j] is added unless null, and c if accumulate.
template <int M, bool B_TRANSPOSED>
__device__ __forceinline__ void product(
    const float* __restrict__ a, const float* __restrict__ b, const float* __restrict__ bias,
    float* __restrict__ c, int rows, int cols, int depth, int accumulate) {
    const int TILE = SIDE * M, GROUP = M < 4 ? M : 4;
    const int DEPTH = 4 * THREADS / TILE;  // of a tile, of which each thread loads four elements
    // two tiles of each factor: while one is read, the next one is written
    __shared__ __align__(16) float as[2][DEPTH][PADDED(TILE)];
    __shared__ __align__(16) float bs[2][DEPTH][PADDED(TILE)];
    int tx = tile_x(), ty = tile_y();
    int row0 = blockIdx.x * TILE, col0 = blockIdx.y * TILE;
    int r = row_of_four<TILE>(0), k4 = col_of_four<TILE>(0);
    int k1 = threadIdx.x / (TILE / 4), j4 = threadIdx.x % (TILE / 4) * 4;
    auto load_a = [&](int k0) {
        return read<4>(a + (size_t)(row0 + r) * depth, row0 + r < rows, k0 + k4, depth);
    };
    auto load_b = [&](int k0) {
        return B_TRANSPOSED
            ? read<4>(b + (size_t)(col0 + r) * depth, col0 + r < cols, k0 + k4, depth)
            : read<4>(b + (size_t)(k0 + k1) * cols, k0 + k1 < depth, col0 + j4, cols);
    };
    float sum[M][M] = {};
    Floats<4> next_a = load_a(0), next_b = load_b(0);
    int padded = (depth + STEP - 1) / STEP * STEP, half = 0;
    for (int k0 = 0; k0 < padded; k0 += DEPTH) {
        put_transposed(as[half], r, k4, next_a);
        if (B_TRANSPOSED) put_transposed(bs[half], r, k4, next_b);
        else *(Floats<4>*)&bs[half][k1][j4] = next_b;
        // the half that is written next was read before this
        __syncthreads();
        next_a = load_a(k0 + DEPTH);
        next_b = load_b(k0 + DEPTH);
        for (int part = 0; part < DEPTH && k0 + part < padded; part += STEP) {
#pragma unroll
            for (int k = part; k < part + min(STEP, DEPTH); k++) {
                float x[M], y[M];
#pragma unroll
                for (int i = 0; i < M; i++) {
                    x[i] = as[half][k][place<GROUP>(ty, i)];
                    y[i] = bs[half][k][place<GROUP>(tx, i)];
                }
#pragma unroll
                for (int i = 0; i < M; i++)
#pragma unroll
                    for (int j = 0; j < M; j++) sum[i][j] = fmaf(x[i], y[j], sum[i][j]);
            }
        }
        half ^= 1;
    }
    // first all that is read, then all that is written, so that none waits for another
    float* at = c + (size_t)row0 * cols;
#pragma unroll
    for (int i = 0; i < M; i++) {
        int row = place<GROUP>(ty, i);
#pragma unroll
        for (int j = 0; j < M; j += GROUP) {
            int col = col0 + place<GROUP>(tx, j);
            auto add = [&](const Floats<GROUP>& x) {
#pragma unroll
                for (int e = 0; e < GROUP; e++) sum[i][j + e] += x.v[e];
            };
            if (bias) add(read<GROUP>(bias, true, col, cols));
            if (accumulate) {
                add(read<GROUP>(at + (size_t)row * cols, row0 + row < rows, col, cols));
            }
        }
    }
#pragma unroll
    for (int i = 0; i < M; i++) {
        int row = place<GROUP>(ty, i);
#pragma unroll
        for (int j = 0; j < M; j += GROUP) {
            Floats<GROUP> x;
#pragma unroll
            for (int e = 0; e < GROUP; e++) x.v[e] = sum[i][j + e];
            write(at + (size_t)row * cols, row0 + row < rows, col0 + place<GROUP>(tx, j), cols, x);
        }
    }
}

// y[r, o] = bias[o] + sum_i x[r, i] weight[o, i]; bias may be null. Tiles of 16 M x 16 M.
#define FORWARD(name, M)                                                                          \
    KERNEL name(const float* x, const float* weight, const float* bias, float* y, int rows,       \
                int inputs, int outputs) {                                                        \
        product<M, true>(x, weight, bias, y, rows, outputs, inputs, 0);                           \
    }

// gx[r, i] (+)= sum_o gy[r, o] weight[o, i]
#define BACKWARD(name, M)                                                                         \
    KERNEL name(const float* gy, const float* weight, float* gx, int rows, int inputs,            \
                int outputs, int accumulate) {                                                    \
        product<M, false>(gy, weight, nullptr, gx, rows, inputs, outputs, accumulate);            \
    }

FORWARD(linear_forward_32, 2)
FORWARD(linear_forward_64, 4)
FORWARD(linear_forward_128, 8)
BACKWARD(linear_backward_32, 2)
BACKWARD(linear_backward_64, 4)
BACKWARD(linear_backward_128, 8)
