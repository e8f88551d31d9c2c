// What all kernels share.
//
// Tensors are row-major float32, [batch, rows, cols] without gaps. Every kernel takes any size and
// reads and writes nothing outside it. Results are the same bits on every device and for every grid:
// each sum has one fixed order, products and sums are fused only where fmaf says so (-fmad=false),
// and nothing but the correctly rounded operations of IEEE 754 is used.
#pragma once

// Threads in a block of every kernel.
#define THREADS 256

// A kernel of which so many blocks fit a multiprocessor, as far as registers go.
#define KERNEL_OF(blocks) extern "C" __global__ void __launch_bounds__(THREADS, blocks)
#define KERNEL KERNEL_OF(2)

// Number of this thread in a grid of one dimension.
static __device__ __forceinline__ unsigned thread_number() {
    return blockIdx.x * THREADS + threadIdx.x;
}

#define WARP 32
#define ALL_LANES 0xffffffffu

// Sum over the warp, in the same order in every lane.
static __device__ __forceinline__ float warp_sum(float x) {
    for (int o = WARP / 2; o > 0; o /= 2) x += __shfl_xor_sync(ALL_LANES, x, o);
    return x;
}

// The row of this warp, in kernels that have one warp for each row.
static __device__ __forceinline__ int row_of_warp() {
    return blockIdx.x * (THREADS / WARP) + threadIdx.x / WARP;
}

// Largest value of the warp; NaN does not count.
static __device__ __forceinline__ float warp_max(float x) {
    for (int o = WARP / 2; o > 0; o /= 2) x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, o));
    return x;
}

// Threads along each side of a block that makes a tile: thread (x, y) makes what lies at the x-th
// place of its columns and the y-th of its rows. A warp has two y, in turn along its lanes: of the
// factor with the columns, lanes 2i and 2i + 1 read the same, of that with the rows, lanes i and
// i + 2. With either, a device serves wide reads of shared memory in half the time.
#define SIDE 16
static __device__ __forceinline__ int tile_x() { return threadIdx.x / 2 % SIDE; }
static __device__ __forceinline__ int tile_y() {
    return threadIdx.x / WARP * 2 + threadIdx.x % 2;
}

// Floats that are read and written at once.
template <int N> struct __align__(4 * N) Floats { float v[N]; };

// Elements c to c + N - 1 of a row of that size; zero outside of it, and where there is no row. Rows
// begin aligned if N divides their size.
template <int N>
__device__ __forceinline__ Floats<N> read(const float* row, bool there, int c, int size) {
    Floats<N> x = {};
    if (size % N == 0) {
        if (there && c < size) x = *(const Floats<N>*)(row + c);
    } else if (there) {
#pragma unroll
        for (int i = 0; i < N; i++)
            if (c + i < size) x.v[i] = row[c + i];
    }
    return x;
}

// Writes elements c to c + N - 1 of a row of that size, of which those outside of it, and a row that
// is not there, are left out. Rows begin aligned if N divides their size.
template <int N>
__device__ __forceinline__ void write(
    float* row, bool there, int c, int size, const Floats<N>& x) {
    if (size % N == 0) {
        if (there && c < size) *(Floats<N>*)(row + c) = x;
    } else if (there) {
#pragma unroll
        for (int i = 0; i < N; i++)
            if (c + i < size) row[c + i] = x.v[i];
    }
}

// Row, and first column, of the four elements of a tile that this thread loads the n-th time. Two
// lanes read the 32 bytes of a row that come at once; transposed they go to banks of their own.
template <int ROWS> __device__ __forceinline__ int row_of_four(int n) {
    return (threadIdx.x + n * THREADS) / 2 % ROWS;
}
template <int ROWS> __device__ __forceinline__ int col_of_four(int n) {
    unsigned i = threadIdx.x + n * THREADS;
    return (i / (2 * ROWS) * 2 + i % 2) * 4;
}

// Columns of a tile whose rows are so many floats long: 4 more keep the alignment and spread the banks.
#define PADDED(n) ((n) + 4)

// Puts four elements of a row into a tile that is kept by columns.
template <int W>
__device__ __forceinline__ void put_transposed(
    float tile[][W], int row, int col, const Floats<4>& x) {
#pragma unroll
    for (int i = 0; i < 4; i++) tile[col + i][row] = x.v[i];
}
