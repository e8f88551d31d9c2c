// Multi-head attention with an online softmax: no scores are kept in global memory. What is kept for
// the gradient is, for each query, the largest score and the reciprocal of the sum of exponentials;
// with them the gradient computes the probabilities again, tile by tile.
//
// A block works on 32 queries (or keys) of one head of one item, in tiles of 32 keys (or queries).
// Head sizes are cut into parts, so that any fits. Where masked keys are removed they are not read.
#include "common.cuh"
#include "math.cuh"

#define TILE 32   // queries or keys in a tile
#define PART 32   // features in a tile of a dot product
#define SLICE 64  // features of a result that one block makes
#define SIDE 16   // threads along each side of a block
#define ROWS (TILE / (THREADS / WARP))  // rows of a tile that a warp looks after
#define MINUS_INFINITY __int_as_float(0xFF800000)

typedef float Square[TILE][TILE + 1];
typedef float Wide[TILE][SLICE];

// Features of one head of one item: rows that lie stride floats apart, size of each in use.
struct Head {
    const float* first;
    int rows, stride, size;
    __device__ __forceinline__ float at(int row, int c) const {
        return row < rows && c < size ? first[(size_t)row * stride + c] : 0.0f;
    }
};

// What both passes know. Keys from kept on are not read; those from unmasked on get mask added.
struct Problem {
    Head query, key, value;
    int queries, keys, kept, unmasked;
    float scale, mask;
};

// Where this block's head starts in a tensor of that many rows an item, and columns a row.
static __device__ __forceinline__ size_t first_of_head(int heads, int rows, int cols, int size) {
    return (size_t)(blockIdx.x / heads) * rows * cols + blockIdx.x % heads * size;
}

static __device__ __forceinline__ Problem problem(
    const float* query, const float* key_value, const int* lengths, int heads, int queries,
    int keys, int size, float scale, float mask, int removes) {
    int width = heads * size, length = lengths[blockIdx.x / heads], kept = removes ? length : keys;
    const float* q = query + first_of_head(heads, queries, width, size);
    const float* k = key_value + first_of_head(heads, keys, 2 * width, size);
    Problem p = {{q, queries, width, size}, {k, kept, 2 * width, size},
                 {k + width, kept, 2 * width, size}, queries, keys, kept, length, scale, mask};
    return p;
}

// dots[i][j] = sum_c a[a0 + i, c] b[b0 + j, c], for this thread's elements: rows ty and ty + 16,
// columns tx and tx + 16. Has barriers, behind which other shared memory that was read before it may
// be overwritten.
static __device__ __forceinline__ void dot_products(
    const Head& a, int a0, const Head& b, int b0, Square as, Square bs, float dots[2][2]) {
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) dots[i][j] = 0.0f;
    for (int c0 = 0; c0 < a.size; c0 += PART) {
        int part = min(PART, a.size - c0);
        for (int i = threadIdx.x; i < TILE * PART; i += THREADS) {
            if (i % PART >= part) continue;
            as[i / PART][i % PART] = a.at(a0 + i / PART, c0 + i % PART);
            bs[i / PART][i % PART] = b.at(b0 + i / PART, c0 + i % PART);
        }
        __syncthreads();
#pragma unroll 4
        for (int c = 0; c < part; c++)
            for (int i = 0; i < 2; i++)
                for (int j = 0; j < 2; j++)
                    dots[i][j] = fmaf(as[ty + i * SIDE][c], bs[tx + j * SIDE][c], dots[i][j]);
        __syncthreads();
    }
}

// Columns of a slice that are computed: as many as the head has, in steps of SIDE.
static __device__ __forceinline__ int slice_cols(int size, int col0) {
    return min(SLICE, (size - col0 + SIDE - 1) / SIDE * SIDE);
}

// A tile of rows of one slice of a head's features.
static __device__ __forceinline__ void load_slice(const Head& h, int row0, int col0, Wide tile) {
    int cols = slice_cols(h.size, col0);
    for (int i = threadIdx.x; i < TILE * SLICE; i += THREADS)
        if (i % SLICE < cols) tile[i / SLICE][i % SLICE] = h.at(row0 + i / SLICE, col0 + i % SLICE);
}

// sum[i][j] += sum_k left(row, k) right[k][column] over k < count, rows ty + 16 i, columns
// tx + 16 j < cols; left is m, or its transpose.
template <bool TRANSPOSED>
__device__ __forceinline__ void add_product(
    const Square m, const Wide right, int count, int cols, float sum[2][4]) {
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
#pragma unroll 2
    for (int k = 0; k < min(TILE, count); k++)
        for (int i = 0; i < 2; i++) {
            int row = ty + i * SIDE;
            float left = TRANSPOSED ? m[k][row] : m[row][k];
            for (int j = 0; j < 4; j++)
                if (j * SIDE < cols) sum[i][j] = fmaf(left, right[k][tx + j * SIDE], sum[i][j]);
        }
}

static __device__ __forceinline__ void store_slice(
    float* first, int stride, int row0, int rows, int col0, int size, const float sum[2][4]) {
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
    for (int i = 0; i < 2; i++) {
        int row = row0 + ty + i * SIDE;
        for (int j = 0; j < 4; j++) {
            int c = col0 + tx + j * SIDE;
            if (row < rows && c < size) first[(size_t)row * stride + c] = sum[i][j];
        }
    }
}

// The score behind the softmax, of a key that is kept.
static __device__ __forceinline__ float score(const Problem& p, int key, float dot) {
    float s = p.scale * dot;
    return key >= p.unmasked ? s + p.mask : s;
}

// y = softmax(scale q k + mask) v; saved[.., 0] is the largest score, saved[.., 1] the reciprocal of
// the sum. Grid: items * heads, tiles of queries, slices of the head size.
KERNEL attention_forward(const float* query, const float* key_value, const int* lengths, int heads,
                         int queries, int keys, int size, float scale, float mask, int removes,
                         float* y, float* saved) {
    __shared__ Square as, bs, weights;
    __shared__ Wide values;
    __shared__ float shrink[TILE], total[TILE];
    Problem p = problem(query, key_value, lengths, heads, queries, keys, size, scale, mask, removes);
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    int query0 = blockIdx.y * TILE, col0 = blockIdx.z * SLICE;
    int cols = slice_cols(size, col0);
    float sum[2][4] = {};
    // of the rows that this warp looks after, the same in each lane
    float largest[ROWS], exponentials[ROWS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        largest[r] = MINUS_INFINITY;
        exponentials[r] = 0.0f;
    }
    for (int key0 = 0; key0 < p.kept; key0 += TILE) {
        float dots[2][2];
        dot_products(p.query, query0, p.key, key0, as, bs, dots);
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 2; j++) {
                int key = key0 + tx + j * SIDE;
                weights[ty + i * SIDE][tx + j * SIDE] =
                    key < p.kept ? score(p, key, dots[i][j]) : MINUS_INFINITY;
            }
        load_slice(p.value, key0, col0, values);
        __syncthreads();
        // one lane a key
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            int row = warp * ROWS + r;
            float s = weights[row][lane];
            float now = fmaxf(largest[r], warp_max(s));
            float e = exp_of_negative(s - now);
            float f = exp_of_negative(largest[r] - now);
            weights[row][lane] = e;
            if (lane == 0) shrink[row] = f;
            exponentials[r] = fmaf(exponentials[r], f, warp_sum(e));
            largest[r] = now;
        }
        __syncthreads();
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 4; j++) sum[i][j] *= shrink[ty + i * SIDE];
        add_product<false>(weights, values, p.kept - key0, cols, sum);
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        int row = warp * ROWS + r;
        if (lane == 0) total[row] = exponentials[r];
        if (lane == 0 && blockIdx.z == 0 && query0 + row < queries) {
            float* at = saved + ((size_t)blockIdx.x * queries + query0 + row) * 2;
            at[0] = largest[r];
            at[1] = 1.0f / exponentials[r];
        }
    }
    __syncthreads();
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 4; j++) sum[i][j] /= total[ty + i * SIDE];
    int width = heads * size;
    store_slice(y + first_of_head(heads, queries, width, size), width, query0, queries, col0, size,
                sum);
}

// For this thread's elements of a tile, from what the forward pass saved: probabilities p and the
// gradients of the scores' dot products, d = p (gy v - delta), to be scaled. Both 0 outside.
static __device__ __forceinline__ void tile_gradients(
    const Problem& p, const Head& gy, const float* saved, const float* delta, int query0, int key0,
    Square as, Square bs, float probability[2][2], float d[2][2]) {
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
    dot_products(p.query, query0, p.key, key0, as, bs, probability);
    dot_products(gy, query0, p.value, key0, as, bs, d);
    for (int i = 0; i < 2; i++) {
        int row = query0 + ty + i * SIDE;
        size_t at = (size_t)blockIdx.x * p.queries + row;
        bool there = row < p.queries;
        float largest = there ? saved[2 * at] : 0.0f, inverse = there ? saved[2 * at + 1] : 0.0f;
        float minus = there && delta ? delta[at] : 0.0f;
        for (int j = 0; j < 2; j++) {
            int key = key0 + tx + j * SIDE;
            float s = score(p, key, probability[i][j]);
            bool inside = there && key < p.kept;
            probability[i][j] = inside ? exp_of_negative(s - largest) * inverse : 0.0f;
            d[i][j] = inside ? probability[i][j] * (d[i][j] - minus) : 0.0f;
        }
    }
}

static __device__ __forceinline__ void store_tile(Square tile, const float x[2][2]) {
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) tile[ty + i * SIDE][tx + j * SIDE] = x[i][j];
}

// delta = sum_j p_j (gy v_j) of each query. Grid: items * heads, tiles of queries.
KERNEL attention_delta(const float* query, const float* key_value, const int* lengths, int heads,
                       int queries, int keys, int size, float scale, float mask, int removes,
                       const float* gy, const float* saved, float* delta) {
    __shared__ Square as, bs, terms;
    Problem p = problem(query, key_value, lengths, heads, queries, keys, size, scale, mask, removes);
    int width = heads * size, query0 = blockIdx.y * TILE;
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    Head g = {gy + first_of_head(heads, queries, width, size), queries, width, size};
    float sum[ROWS] = {};
    for (int key0 = 0; key0 < p.kept; key0 += TILE) {
        float probability[2][2], d[2][2];
        tile_gradients(p, g, saved, nullptr, query0, key0, as, bs, probability, d);
        store_tile(terms, d);
        __syncthreads();
#pragma unroll
        for (int r = 0; r < ROWS; r++) sum[r] += warp_sum(terms[warp * ROWS + r][lane]);
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        int row = query0 + warp * ROWS + r;
        if (lane == 0 && row < queries) delta[(size_t)blockIdx.x * queries + row] = sum[r];
    }
}

// g_query = sum_j d_j k_j. Grid: items * heads, tiles of queries, slices of the head size.
KERNEL attention_query_gradient(const float* query, const float* key_value, const int* lengths,
                                int heads, int queries, int keys, int size, float scale, float mask,
                                int removes, const float* gy, const float* saved,
                                const float* delta, float* g_query) {
    __shared__ Square as, bs, weights;
    __shared__ Wide slice;
    Problem p = problem(query, key_value, lengths, heads, queries, keys, size, scale, mask, removes);
    int width = heads * size, query0 = blockIdx.y * TILE, col0 = blockIdx.z * SLICE;
    int cols = slice_cols(size, col0);
    size_t first = first_of_head(heads, queries, width, size);
    Head g = {gy + first, queries, width, size};
    float sum[2][4] = {};
    for (int key0 = 0; key0 < p.kept; key0 += TILE) {
        float probability[2][2], d[2][2];
        tile_gradients(p, g, saved, delta, query0, key0, as, bs, probability, d);
        store_tile(weights, d);
        load_slice(p.key, key0, col0, slice);
        __syncthreads();
        add_product<false>(weights, slice, p.kept - key0, cols, sum);
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 4; j++) sum[i][j] *= scale;
    store_slice(g_query + first, width, query0, queries, col0, size, sum);
}

// g_key = sum_i d_i q_i, g_value = sum_i p_i gy_i; 0 for keys that were removed. Grid: items * heads,
// tiles of keys, slices of the head size.
KERNEL attention_key_value_gradient(const float* query, const float* key_value, const int* lengths,
                                    int heads, int queries, int keys, int size, float scale,
                                    float mask, int removes, const float* gy, const float* saved,
                                    const float* delta, float* g_key_value) {
    __shared__ Square as, bs, weights;
    __shared__ Wide slice;
    Problem p = problem(query, key_value, lengths, heads, queries, keys, size, scale, mask, removes);
    int width = heads * size, key0 = blockIdx.y * TILE, col0 = blockIdx.z * SLICE;
    int cols = slice_cols(size, col0);
    Head g = {gy + first_of_head(heads, queries, width, size), queries, width, size};
    float of_key[2][4] = {}, of_value[2][4] = {};
    if (key0 < p.kept) {  // the same for the whole block
        for (int query0 = 0; query0 < queries; query0 += TILE) {
            float probability[2][2], d[2][2];
            tile_gradients(p, g, saved, delta, query0, key0, as, bs, probability, d);
            store_tile(weights, d);
            load_slice(p.query, query0, col0, slice);
            __syncthreads();
            add_product<true>(weights, slice, queries - query0, cols, of_key);
            __syncthreads();
            store_tile(weights, probability);
            load_slice(g, query0, col0, slice);
            __syncthreads();
            add_product<true>(weights, slice, queries - query0, cols, of_value);
        }
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 4; j++) of_key[i][j] *= scale;
    float* out = g_key_value + first_of_head(heads, keys, 2 * width, size);
    store_slice(out, 2 * width, key0, keys, col0, size, of_key);
    store_slice(out + width, 2 * width, key0, keys, col0, size, of_value);
}
