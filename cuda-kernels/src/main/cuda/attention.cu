// Multi-head attention with an online softmax: no scores are kept in global memory. What is kept for
// the gradient is, for each query, the largest score and the reciprocal of the sum of exponentials;
// with them the gradient computes the probabilities again, tile by tile.
//
// A block works on 64 queries (or keys) of one head of one item, its rows, in tiles of 32 keys (or
// queries), the columns. A thread has 4 rows, one below the other, and of each tile 2 columns, 16
// apart: so the first step of a sum over 32 columns, which is the same tree everywhere, is its own.
// Head sizes are cut into parts, so that any fits. Where masked keys are removed they are not read,
// nor are tiles that none of a block's queries sees.
#include "common.cuh"
#include "math.cuh"

#define ROWS 64   // of a block
#define COLS 32   // of a tile
#define PART 32   // features in a tile of a dot product
#define SLICE 64  // features of a result that one block makes
#define OWN_ROWS (ROWS / SIDE)  // of a thread
#define OWN_COLS (COLS / SIDE)
#define PAIRS (SLICE / 2 / SIDE)  // of neighbouring features of a thread's result
#define MINUS_INFINITY __int_as_float(0xFF800000)

// By columns, so that what a thread reads at once lies side by side. Rows of 16 bytes.
typedef float RowTile[PART][PADDED(ROWS)];
typedef float ColTile[PART][PADDED(COLS)];
typedef float Wide[COLS][SLICE];
typedef float Tile[OWN_ROWS][OWN_COLS];
typedef float Result[OWN_ROWS][2 * PAIRS];

// Features of one head of one item: rows that lie stride floats apart, size of each in use.
struct Head {
    const float* first;
    int rows, stride, size;
    __device__ __forceinline__ Floats<4> four(int row, int c) const {
        return read<4>(first + (size_t)row * stride, row < rows, c, size);
    }
};

// What a query sees: keys from first to end - 1, and where it stands among them itself.
struct Range {
    int first, end, position;
};

// What all kernels are given. There are heads of keys and values for each group of heads. Ranges are
// those of all queries, slopes those of the heads; either may be null.
struct Call {
    const float *query, *key_value;
    const int* lengths;
    const Range* ranges;
    const float* slopes;
    int heads, group, queries, keys, size;
    float scale, mask;
    int removes;
};

// The same as parameters of a kernel, which are numbers and addresses only.
#define CALL_PARAMETERS                                                                          \
    const float *query, const float *key_value, const int *lengths, const Range *ranges,         \
        const float *slopes, int heads, int group, int queries, int keys, int size, float scale, \
        float mask, int removes
#define CALL_ARGUMENTS                                                                          \
    query, key_value, lengths, ranges, slopes, heads, group, queries, keys, size, scale, mask, \
        removes

// What both passes know of one head. Keys from kept on are not read; those from unmasked on get mask
// added; a score falls by slope for each position between its query and its key.
struct Problem {
    Head query, key, value;
    const Range* ranges;  // of this item, or null
    int queries, keys, kept, unmasked;
    float scale, mask, slope;
};

// Where a head starts in a tensor of that many heads and rows an item, and columns a row. Heads of
// all items are counted through.
static __device__ __forceinline__ size_t first_of(int head, int heads, int rows, int cols, int size) {
    return (size_t)(head / heads) * rows * cols + head % heads * size;
}

static __device__ __forceinline__ Problem problem(const Call& c, int head) {
    int width = c.heads * c.size, key_heads = c.heads / c.group, key_width = key_heads * c.size;
    int item = head / c.heads, length = c.lengths[item], kept = c.removes ? length : c.keys;
    const float* q = c.query + first_of(head, c.heads, c.queries, width, c.size);
    const float* k = c.key_value + first_of(head / c.group, key_heads, c.keys, 2 * key_width, c.size);
    Problem p = {{q, c.queries, width, c.size}, {k, kept, 2 * key_width, c.size},
                 {k + key_width, kept, 2 * key_width, c.size},
                 c.ranges ? c.ranges + (size_t)item * c.queries : nullptr,
                 c.queries, c.keys, kept, length, c.scale, c.mask,
                 c.slopes ? c.slopes[head % c.heads] : 0.0f};
    return p;
}

// Puts the ranges of the queries from query0 on where the whole block reads them; queries that are
// not there see nothing.
template <int COUNT>
__device__ __forceinline__ void load_ranges(const Problem& p, int query0, Range ranges[COUNT]) {
    int i = threadIdx.x, query = query0 + i;
    if (i < COUNT) {
        Range range = {0, p.kept, query};
        if (p.ranges && query < p.queries) range = p.ranges[query];
        if (query >= p.queries) range.end = 0;
        ranges[i] = range;
    }
}

// The keys that some of these queries see, the first at the start of a tile.
template <int COUNT>
__device__ __forceinline__ Range seen_by(const Problem& p, const Range ranges[COUNT]) {
    Range all = {0, p.kept, 0};
    if (p.ranges) {
        all.first = p.kept;
        all.end = 0;
#pragma unroll 1
        for (int i = 0; i < COUNT; i++) {
            if (ranges[i].end > 0) all.first = min(all.first, ranges[i].first);
            all.end = max(all.end, ranges[i].end);
        }
        all.first -= all.first % COLS;
    }
    return all;
}

// The first row of this thread, of the block's.
static __device__ __forceinline__ int first_row() { return tile_y() * OWN_ROWS; }

// Whether this warp has any of so many rows, of the block's; the others only help to load.
static __device__ __forceinline__ bool has_rows(int rows) {
    return (int)threadIdx.x / WARP * (2 * OWN_ROWS) < rows;
}

// Row i or column j of this thread, of the tile's.
static __device__ __forceinline__ int own_row(int i) { return first_row() + i; }
static __device__ __forceinline__ int own_col(int j) { return tile_x() + j * SIDE; }

// Tiles of a part of two factors. The two columns of a thread lie side by side.
static __device__ __forceinline__ void load_part(
    const Head& a, int a0, const Head& b, int b0, int c0, RowTile as, ColTile bs) {
#pragma unroll
    for (int n = 0; n < ROWS * PART / 4 / THREADS; n++) {
        int row = row_of_four<ROWS>(n), c = col_of_four<ROWS>(n);
        put_transposed(as, row, c, a.four(a0 + row, c0 + c));
    }
    int row = row_of_four<COLS>(0), c = col_of_four<COLS>(0);
    put_transposed(bs, row % SIDE * OWN_COLS + row / SIDE, c, b.four(b0 + row, c0 + c));
}

// dots[i][j] += sum_c a[i, c] b[j, c] for this thread's rows and columns and c < part
static __device__ __forceinline__ void add_dots(
    const RowTile as, const ColTile bs, int part, Tile dots) {
#pragma unroll 8
    for (int c = 0; c < part; c++) {
        auto a = *(const Floats<OWN_ROWS>*)&as[c][first_row()];
        auto b = *(const Floats<OWN_COLS>*)&bs[c][tile_x() * OWN_COLS];
#pragma unroll
        for (int i = 0; i < OWN_ROWS; i++)
#pragma unroll
            for (int j = 0; j < OWN_COLS; j++) dots[i][j] = fmaf(a.v[i], b.v[j], dots[i][j]);
    }
}

// A tile of columns of one slice of a head's features.
static __device__ __forceinline__ void load_slice(const Head& h, int row0, int col0, Wide tile) {
#pragma unroll
    for (int n = 0; n < COLS * SLICE / 4 / THREADS; n++) {
        int i = threadIdx.x + n * THREADS, row = i / (SLICE / 4), c = i % (SLICE / 4) * 4;
        *(Floats<4>*)&tile[row][c] = h.four(row0 + row, col0 + c);
    }
}

// Feature of a slice that is the first of this thread's pair.
static __device__ __forceinline__ int own_pair(int pair) { return 2 * (pair * SIDE + tile_x()); }

// sum[i][c] += sum_k left[k][row i] right[k][c] over k < count, for this thread's first features
template <int N>
__device__ __forceinline__ void add_pairs(
    const RowTile left, const Wide right, int count, Result sum) {
#pragma unroll 4
    for (int k = 0; k < count; k++) {
        auto a = *(const Floats<OWN_ROWS>*)&left[k][first_row()];
#pragma unroll
        for (int pair = 0; pair < N; pair++) {
            auto b = *(const Floats<2>*)&right[k][own_pair(pair)];
#pragma unroll
            for (int i = 0; i < OWN_ROWS; i++)
#pragma unroll
                for (int e = 0; e < 2; e++)
                    sum[i][2 * pair + e] = fmaf(a.v[i], b.v[e], sum[i][2 * pair + e]);
        }
    }
}

// The same for as many features as a head still has.
static __device__ __forceinline__ void add_product(
    const RowTile left, const Wide right, int count, int features, Result sum) {
    if (features > 2 * SIDE) add_pairs<PAIRS>(left, right, min(COLS, count), sum);
    else add_pairs<1>(left, right, min(COLS, count), sum);
}

static __device__ __forceinline__ void store_slice(
    float* first, int stride, int row0, int rows, int col0, int size, const Result sum) {
#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++) {
        int row = row0 + own_row(i);
#pragma unroll
        for (int pair = 0; pair < PAIRS; pair++) {
            Floats<2> x = {{sum[i][2 * pair], sum[i][2 * pair + 1]}};
            write(first + (size_t)row * stride, row < rows, col0 + own_pair(pair), size, x);
        }
    }
}

// Keeps a tile as the left factor of a product.
static __device__ __forceinline__ void store_tile(RowTile left, const Tile x) {
#pragma unroll
    for (int j = 0; j < OWN_COLS; j++) {
        Floats<OWN_ROWS> column;
#pragma unroll
        for (int i = 0; i < OWN_ROWS; i++) column.v[i] = x[i][j];
        *(Floats<OWN_ROWS>*)&left[own_col(j)][first_row()] = column;
    }
}

// Sum and largest value over all columns of a tile, of the same row for the lanes with one y.
static __device__ __forceinline__ float row_sum(float x, float y) {
    x += y;
    for (int o = WARP / 2; o > 1; o /= 2) x += __shfl_xor_sync(ALL_LANES, x, o);
    return x;
}
static __device__ __forceinline__ float row_max(float x, float y) {
    x = fmaxf(x, y);
    for (int o = WARP / 2; o > 1; o /= 2) x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, o));
    return x;
}

// The score behind the softmax, of a key that is kept.
static __device__ __forceinline__ float padded_score(const Problem& p, int key, float dot) {
    float s = p.scale * dot;
    return key >= p.unmasked ? s + p.mask : s;
}

// The same with ranges and slopes; of a key that is not seen, negative infinity.
static __device__ __forceinline__ float score(
    const Problem& p, const Range& range, int key, float dot) {
    float s = padded_score(p, key, dot);
    s = fmaf(-p.slope, fabsf((float)(range.position - key)), s);
    s = key < range.end ? s : MINUS_INFINITY;
    return key >= range.first ? s : MINUS_INFINITY;
}

// y = softmax(scale q k + mask) v; saved[.., 0] is the largest score, saved[.., 1] the reciprocal of
// the sum. Grid: items * heads, tiles of queries, slices of the head size.
// RANGED where queries have ranges or heads slopes: what they take in registers, the others need not.
template <bool RANGED>
__device__ __forceinline__ void forward(CALL_PARAMETERS, float* y, float* saved) {
    __shared__ __align__(16) RowTile qs, weights;
    __shared__ __align__(16) ColTile ks;
    __shared__ __align__(16) Wide values;
    __shared__ Range ranges_of_rows[ROWS];
    Problem p = problem({CALL_ARGUMENTS}, blockIdx.x);
    int width = heads * size, query0 = blockIdx.y * ROWS, col0 = blockIdx.z * SLICE;
    Range seen = {0, p.kept, 0};
    if (RANGED) {
        load_ranges<ROWS>(p, query0, ranges_of_rows);
        __syncthreads();
        seen = seen_by<ROWS>(p, ranges_of_rows);
    }
    bool works = has_rows(queries - query0);
    Result sum = {};
    float largest[OWN_ROWS], exponentials[OWN_ROWS];
#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++) {
        largest[i] = MINUS_INFINITY;
        exponentials[i] = 0.0f;
    }
    for (int key0 = seen.first; key0 < seen.end; key0 += COLS) {
        Tile dots = {};
        for (int c0 = 0; c0 < size; c0 += PART) {
            __syncthreads();  // the tile before has been read
            load_part(p.query, query0, p.key, key0, c0, qs, ks);
            if (c0 == 0) load_slice(p.value, key0, col0, values);
            __syncthreads();
            if (works) add_dots(qs, ks, min(PART, size - c0), dots);
        }
        if (works) {
#pragma unroll
            for (int i = 0; i < OWN_ROWS; i++) {
                float s[OWN_COLS];
#pragma unroll
                for (int j = 0; j < OWN_COLS; j++) {
                    int key = key0 + own_col(j);
                    if (RANGED) s[j] = score(p, ranges_of_rows[own_row(i)], key, dots[i][j]);
                    else s[j] = key < p.kept ? padded_score(p, key, dots[i][j]) : MINUS_INFINITY;
                }
                float now = fmaxf(largest[i], row_max(s[0], s[1]));
                // a query may see nothing of its first tiles
                float base = RANGED && now == MINUS_INFINITY ? 0.0f : now;
                float shrink = exp_of_negative(largest[i] - base);
#pragma unroll
                for (int j = 0; j < OWN_COLS; j++) dots[i][j] = exp_of_negative(s[j] - base);
                exponentials[i] =
                    fmaf(exponentials[i], shrink, row_sum(dots[i][0], dots[i][1]));
                largest[i] = now;
#pragma unroll
                for (int c = 0; c < 2 * PAIRS; c++) sum[i][c] *= shrink;
            }
            store_tile(weights, dots);
        }
        __syncthreads();
        if (works) add_product(weights, values, p.kept - key0, size - col0, sum);
    }
#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++) {
        int row = query0 + own_row(i);
        if (tile_x() == 0 && blockIdx.z == 0 && row < queries) {
            float* at = saved + ((size_t)blockIdx.x * queries + row) * 2;
            at[0] = largest[i];
            at[1] = 1.0f / exponentials[i];
        }
#pragma unroll
        for (int c = 0; c < 2 * PAIRS; c++) sum[i][c] /= exponentials[i];
    }
    store_slice(y + first_of(blockIdx.x, heads, queries, width, size), width, query0, queries,
                col0, size, sum);
}

KERNEL_OF(3) attention_forward(CALL_PARAMETERS, float* y, float* saved) {
    forward<false>(CALL_ARGUMENTS, y, saved);
}

KERNEL_OF(2) attention_forward_ranged(CALL_PARAMETERS, float* y, float* saved) {
    forward<true>(CALL_ARGUMENTS, y, saved);
}

// What is known of a query; zero where there is none.
struct Query {
    float largest, inverse, delta;
};

static __device__ __forceinline__ Query query_at(
    const float* saved, const float* delta, int head, int query, int queries) {
    Query q = {0.0f, 0.0f, 0.0f};
    size_t at = (size_t)head * queries + query;
    if (query < queries) {
        q.largest = saved[2 * at];
        q.inverse = saved[2 * at + 1];
        if (delta) q.delta = delta[at];
    }
    return q;
}

// In place of a pair's dot products q k and gy v: the probability p and the gradient of the first
// one, p (gy v - delta), to be scaled. Both 0 where the query does not see the key.
static __device__ __forceinline__ void differentiate(
    const Problem& p, const Query& q, const Range& range, int key, float& probability, float& d) {
    float s = score(p, range, key, probability);
    probability = exp_of_negative(s - q.largest) * q.inverse;
    d = probability * (d - q.delta);
    if (key >= range.end || key < range.first) probability = d = 0.0f;
}

// delta = sum_j p_j (gy v_j) of each query, and with it g_query = sum_j d_j k_j. Grid: items * heads,
// tiles of queries, slices of the head size.
KERNEL attention_query_gradient(CALL_PARAMETERS, const float* gy, const float* saved, float* delta,
                                float* g_query) {
    __shared__ __align__(16) RowTile qs, gs, weights;
    __shared__ __align__(16) ColTile ks, vs;
    __shared__ __align__(16) Wide slice;
    __shared__ Range ranges_of_rows[ROWS];
    Problem p = problem({CALL_ARGUMENTS}, blockIdx.x);
    int width = heads * size, query0 = blockIdx.y * ROWS, col0 = blockIdx.z * SLICE;
    load_ranges<ROWS>(p, query0, ranges_of_rows);
    __syncthreads();
    Range seen = seen_by<ROWS>(p, ranges_of_rows);
    bool works = has_rows(queries - query0);
    size_t first = first_of(blockIdx.x, heads, queries, width, size);
    Head g = {gy + first, queries, width, size};
    Query q[OWN_ROWS];
#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++)
        q[i] = query_at(saved, nullptr, blockIdx.x, query0 + own_row(i), queries);
    float deltas[OWN_ROWS] = {};
    Result sum = {};
    for (int pass = 0; pass < 2; pass++) {
        for (int key0 = seen.first; key0 < seen.end; key0 += COLS) {
            Tile probability = {}, d = {};
            for (int c0 = 0; c0 < size; c0 += PART) {
                __syncthreads();
                load_part(p.query, query0, p.key, key0, c0, qs, ks);
                load_part(g, query0, p.value, key0, c0, gs, vs);
                if (c0 == 0 && pass == 1) load_slice(p.key, key0, col0, slice);
                __syncthreads();
                if (works) add_dots(qs, ks, min(PART, size - c0), probability);
                if (works) add_dots(gs, vs, min(PART, size - c0), d);
            }
#pragma unroll
            for (int i = 0; i < OWN_ROWS; i++)
#pragma unroll
                for (int j = 0; j < OWN_COLS; j++)
                    differentiate(p, q[i], ranges_of_rows[own_row(i)], key0 + own_col(j),
                                  probability[i][j], d[i][j]);
            if (pass == 0) {
#pragma unroll
                for (int i = 0; i < OWN_ROWS; i++) deltas[i] += row_sum(d[i][0], d[i][1]);
            } else {
                if (works) store_tile(weights, d);
                __syncthreads();
                if (works) add_product(weights, slice, p.kept - key0, size - col0, sum);
            }
        }
#pragma unroll
        for (int i = 0; i < OWN_ROWS; i++) q[i].delta = deltas[i];
    }
#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++) {
        if (tile_x() == 0 && blockIdx.z == 0 && query0 + own_row(i) < queries)
            delta[(size_t)blockIdx.x * queries + query0 + own_row(i)] = deltas[i];
#pragma unroll
        for (int c = 0; c < 2 * PAIRS; c++) sum[i][c] *= scale;
    }
    store_slice(g_query + first, width, query0, queries, col0, size, sum);
}

// g_key = sum_i d_i q_i, g_value = sum_i p_i gy_i over the queries of all heads that share them, one
// head after the other; 0 for keys that were removed. Rows are keys here. Grid: items * heads of
// keys, tiles of keys, slices of the head size.
KERNEL attention_key_value_gradient(CALL_PARAMETERS, const float* gy, const float* saved,
                                    const float* delta, float* g_key_value) {
    __shared__ __align__(16) RowTile ks, vs;  // then d and the probabilities
    __shared__ __align__(16) ColTile qs, gs;
    __shared__ __align__(16) Wide query_slice, g_slice;
    __shared__ Range ranges_of_cols[COLS];
    int width = heads * size, key0 = blockIdx.y * ROWS, col0 = blockIdx.z * SLICE;
    Result of_key = {}, of_value = {};
    for (int i = 0; i < group; i++) {
        int head = blockIdx.x * group + i;
        Problem p = problem({CALL_ARGUMENTS}, head);
        if (key0 >= p.kept) break;  // the same for the whole block
        bool works = has_rows(p.kept - key0);
        Head g = {gy + first_of(head, heads, queries, width, size), queries, width, size};
        for (int query0 = 0; query0 < queries; query0 += COLS) {
            __syncthreads();  // those of the tile before have been read
            load_ranges<COLS>(p, query0, ranges_of_cols);
            __syncthreads();
            Range seen = seen_by<COLS>(p, ranges_of_cols);
            if (seen.first >= key0 + ROWS || seen.end <= key0) continue;  // nor does this differ
            Query q[OWN_COLS];
#pragma unroll
            for (int j = 0; j < OWN_COLS; j++)
                q[j] = query_at(saved, delta, head, query0 + own_col(j), queries);
            Tile probability = {}, d = {};
            for (int c0 = 0; c0 < size; c0 += PART) {
                __syncthreads();
                load_part(p.key, key0, p.query, query0, c0, ks, qs);
                load_part(p.value, key0, g, query0, c0, vs, gs);
                if (c0 == 0) load_slice(p.query, query0, col0, query_slice);
                if (c0 == 0) load_slice(g, query0, col0, g_slice);
                __syncthreads();
                if (works) add_dots(ks, qs, min(PART, size - c0), probability);
                if (works) add_dots(vs, gs, min(PART, size - c0), d);
            }
#pragma unroll
            for (int i = 0; i < OWN_ROWS; i++)
#pragma unroll
                for (int j = 0; j < OWN_COLS; j++)
                    differentiate(p, q[j], ranges_of_cols[own_col(j)], key0 + own_row(i),
                                  probability[i][j], d[i][j]);
            __syncthreads();  // ks and vs have been read
            if (works) store_tile(ks, d);
            if (works) store_tile(vs, probability);
            __syncthreads();
            if (works) add_product(ks, query_slice, queries - query0, size - col0, of_key);
            if (works) add_product(vs, g_slice, queries - query0, size - col0, of_value);
        }
    }
#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++)
#pragma unroll
        for (int c = 0; c < 2 * PAIRS; c++) of_key[i][c] *= scale;
    int key_width = width / group;
    float* out = g_key_value + first_of(blockIdx.x, heads / group, keys, 2 * key_width, size);
    store_slice(out, 2 * key_width, key0, keys, col0, size, of_key);
    store_slice(out + key_width, 2 * key_width, key0, keys, col0, size, of_value);
}
