// What all kernels share.
//
// Tensors are row-major float32, [batch, rows, cols] without gaps. Every kernel takes any size and
// reads and writes nothing outside it. Results are the same bits on every device and for every grid:
// each sum has one fixed order, products and sums are fused only where fmaf says so (-fmad=false),
// and nothing but the correctly rounded operations of IEEE 754 is used.
#pragma once

// Threads in a block of every kernel.
#define THREADS 256

#define KERNEL extern "C" __global__ void __launch_bounds__(THREADS, 2)

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

// Largest value of the warp; NaN does not count.
static __device__ __forceinline__ float warp_max(float x) {
    for (int o = WARP / 2; o > 0; o /= 2) x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, o));
    return x;
}
