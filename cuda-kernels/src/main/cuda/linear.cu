// Matrix products: linear layers with their gradient, and two tensors; and transposes.
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

// A factor of a product. Its index that is not the inner one, of the given size, is a row or column of
// the result; `along` says that the inner one goes along the rows in memory. The next term of a sum of
// products lies `step` elements further.
struct Factor {
    const float* at;
    bool along;
    size_t step;
    int size, first;

    // Four elements of the tile that begins at `first` and k0, those that this thread loads.
    template <int TILE> __device__ __forceinline__ Floats<4> load(int k0, int depth) const {
        if (along) {
            int r = first + row_of_four<TILE>(0);
            return read<4>(at + (size_t)r * depth, r < size, k0 + col_of_four<TILE>(0), depth);
        }
        int k = k0 + threadIdx.x / (TILE / 4);
        return read<4>(at + (size_t)k * size, k < depth, first + threadIdx.x % (TILE / 4) * 4, size);
    }

    // Puts them into a tile by the inner index.
    template <int TILE, int W>
    __device__ __forceinline__ void put(float tile[][W], const Floats<4>& x) const {
        if (along) put_transposed(tile, row_of_four<TILE>(0), col_of_four<TILE>(0), x);
        else *(Floats<4>*)&tile[threadIdx.x / (TILE / 4)][threadIdx.x % (TILE / 4) * 4] = x;
    }
};

// Two tiles of a factor: while one is read, the next one is written. The inner index comes first; a
// tile has so many of it that each thread loads four elements.
template <int M> struct __align__(16) Tiles {
    static const int SIZE = SIDE * M, DEPTH = 4 * THREADS / SIZE;
    float half[2][DEPTH][PADDED(SIZE)];
};

// c[r, j] = sum_t sum_k A_t[r, k] B_t[k, j] for t < terms, one chain of fmaf for each element; then
// bias[j] is added unless null, and c if accumulate.
template <int M>
__device__ __forceinline__ void product(
    Tiles<M>& as, Tiles<M>& bs, Factor a, Factor b, int depth, int terms,
    const float* __restrict__ bias, float* __restrict__ c, int accumulate) {
    const int TILE = Tiles<M>::SIZE, DEPTH = Tiles<M>::DEPTH, GROUP = M < 4 ? M : 4;
    int tx = tile_x(), ty = tile_y();
    int rows = a.size, row0 = a.first, cols = b.size, col0 = b.first;
    float sum[M][M] = {};
    int padded = (depth + STEP - 1) / STEP * STEP, half = 0;
    for (int t = 0; t < terms; t++) {
        Floats<4> next_a = a.load<TILE>(0, depth), next_b = b.load<TILE>(0, depth);
        for (int k0 = 0; k0 < padded; k0 += DEPTH) {
            a.put<TILE>(as.half[half], next_a);
            b.put<TILE>(bs.half[half], next_b);
            // the half that is written next was read before this
            __syncthreads();
            next_a = a.load<TILE>(k0 + DEPTH, depth);
            next_b = b.load<TILE>(k0 + DEPTH, depth);
            for (int part = 0; part < DEPTH && k0 + part < padded; part += STEP) {
#pragma unroll
                for (int k = part; k < part + min(STEP, DEPTH); k++) {
                    float x[M], y[M];
#pragma unroll
                    for (int i = 0; i < M; i++) {
                        x[i] = as.half[half][k][place<GROUP>(ty, i)];
                        y[i] = bs.half[half][k][place<GROUP>(tx, i)];
                    }
#pragma unroll
                    for (int i = 0; i < M; i++)
#pragma unroll
                        for (int j = 0; j < M; j++) sum[i][j] = fmaf(x[i], y[j], sum[i][j]);
                }
            }
            half ^= 1;
        }
        a.at += a.step;
        b.at += b.step;
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
        __shared__ Tiles<M> as, bs;                                                               \
        int row0 = blockIdx.x * SIDE * M, col0 = blockIdx.y * SIDE * M;                           \
        product<M>(as, bs, {x, true, 0, rows, row0}, {weight, true, 0, outputs, col0}, inputs, 1, \
                   bias, y, 0);                                                                   \
    }

// gx[r, i] (+)= sum_o gy[r, o] weight[o, i]
#define BACKWARD(name, M)                                                                         \
    KERNEL name(const float* gy, const float* weight, float* gx, int rows, int inputs,            \
                int outputs, int accumulate) {                                                    \
        __shared__ Tiles<M> as, bs;                                                               \
        int row0 = blockIdx.x * SIDE * M, col0 = blockIdx.y * SIDE * M;                           \
        product<M>(as, bs, {gy, true, 0, rows, row0}, {weight, false, 0, inputs, col0}, outputs, 1,\
                   nullptr, gx, accumulate);                                                      \
    }

// y (+)= op(a) op(b) for each item of y [.., rows, cols], op transposing where told. Where y has one
// item it is the sum over so many terms, else terms is 1. Items of a and b are so many elements apart:
// 0 where one serves all. A block makes one tile of one item, and they are counted through.
#define MATMUL(name, M)                                                                           \
    KERNEL name(const float* a, int a_transposed, int a_step, const float* b, int b_transposed,   \
                int b_step, float* y, int rows, int cols, int depth, int terms,                   \
                int accumulate) {                                                                 \
        __shared__ Tiles<M> as, bs;                                                               \
        const unsigned TILE = SIDE * M;                                                           \
        unsigned across = (cols + TILE - 1) / TILE, down = (rows + TILE - 1) / TILE;              \
        unsigned item = blockIdx.x / across / down;                                               \
        int row0 = blockIdx.x / across % down * TILE, col0 = blockIdx.x % across * TILE;          \
        product<M>(                                                                               \
            as, bs, {a + (size_t)item * a_step, !a_transposed, (size_t)a_step, rows, row0},       \
            {b + (size_t)item * b_step, b_transposed != 0, (size_t)b_step, cols, col0}, depth,    \
            terms, nullptr, y + (size_t)item * rows * cols, accumulate);                          \
    }

FORWARD(linear_forward_32, 2)
FORWARD(linear_forward_64, 4)
FORWARD(linear_forward_128, 8)
BACKWARD(linear_backward_32, 2)
BACKWARD(linear_backward_64, 4)
BACKWARD(linear_backward_128, 8)
MATMUL(matmul_32, 2)
MATMUL(matmul_64, 4)
MATMUL(matmul_128, 8)

// y[b, c, r] = x[b, r, c]. A block turns one square of one item, and they are counted through; one
// column more in shared memory spreads its columns over the banks.
KERNEL transpose(const float* x, float* y, int rows, int cols) {
    __shared__ float square[WARP][WARP + 1];
    unsigned across = (cols + WARP - 1) / WARP, down = (rows + WARP - 1) / WARP;
    size_t item = (size_t)(blockIdx.x / across / down) * rows * cols;
    int row0 = blockIdx.x / across % down * WARP, col0 = blockIdx.x % across * WARP;
    int lane = threadIdx.x % WARP;
    for (int i = threadIdx.x / WARP; i < WARP; i += THREADS / WARP) {
        if (row0 + i < rows && col0 + lane < cols) {
            square[i][lane] = x[item + (size_t)(row0 + i) * cols + col0 + lane];
        }
    }
    __syncthreads();
    for (int i = threadIdx.x / WARP; i < WARP; i += THREADS / WARP) {
        if (col0 + i < cols && row0 + lane < rows) {
            y[item + (size_t)(col0 + i) * rows + row0 + lane] = square[lane][i];
        }
    }
}
