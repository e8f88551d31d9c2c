// Activations with their derivatives, and the other elementwise operations: one thread an element.
#include "common.cuh"
#include "math.cuh"

// As ActivationKernels.java numbers them.
enum { RELU, GELU, GELU_NEW, TANH, SIGMOID, SILU };

// y = act(x) and, unless null, derivative = act'(x). y may be x.
KERNEL activation(int n, int act, const float* x, float* y, float* derivative) {
    unsigned i = thread_number();
    if (i >= n) return;
    float v = x[i], value, slope;
    switch (act) {
        case RELU:
            value = v != v ? v : v > 0.0f ? v : 0.0f;
            slope = v > 0.0f ? 1.0f : 0.0f;
            break;
        case GELU: {
            float g = gauss(v);
            float phi = normal_cdf(v, g);
            value = v * phi;
            // where the density is 0, x times it is 0, even for infinite x
            slope = g == 0.0f ? phi : fmaf(v * INV_SQRT_2PI, g, phi);
            break;
        }
        case GELU_NEW: {
            float t = hyperbolic_tangent(SQRT_2_OVER_PI * fmaf(GELU_CUBIC * v, v * v, v));
            value = 0.5f * v * (1.0f + t);
            float inner = SQRT_2_OVER_PI * fmaf(3.0f * GELU_CUBIC * v, v, 1.0f);
            float flat = fmaf(-t, t, 1.0f);
            // 0 also where inner overflows
            slope = fmaf(0.5f * v, flat == 0.0f ? 0.0f : flat * inner, fmaf(0.5f, t, 0.5f));
            break;
        }
        case TANH:
            value = hyperbolic_tangent(v);
            slope = fmaf(-value, value, 1.0f);
            break;
        case SIGMOID:
            value = sigmoid(v);
            slope = value * (1.0f - value);
            break;
        default: {  // SILU
            float s = sigmoid(v);
            value = v * s;
            slope = s * fmaf(v, 1.0f - s, 1.0f);
        }
    }
    y[i] = value;
    if (derivative) derivative[i] = slope;
}

// y (+)= a * b. y may be a.
KERNEL multiply(int n, const float* a, const float* b, float* y, int accumulate) {
    unsigned i = thread_number();
    if (i >= n) return;
    y[i] = accumulate ? fmaf(a[i], b[i], y[i]) : a[i] * b[i];
}

// Turns pair i of each head of each row by its angle, whose cosine and sine stand at columns i and
// pairs + i of that row of turns. n = rows * heads * pairs
KERNEL rotate(int n, int heads, int size, int pairs, int step, int apart, float sign,
              const float* turns, int turn_rows, float* y, int cols) {
    unsigned i = thread_number();
    if (i >= n) return;
    int pair = i % pairs, head = i / pairs % heads, row = i / pairs / heads;
    const float* turn = turns + (size_t)(row % turn_rows) * 2 * pairs + pair;
    float* at = y + (size_t)row * cols + head * size + pair * step;
    float c = turn[0], s = turn[pairs] * sign, a = at[0], b = at[apart];
    at[0] = fmaf(a, c, -(b * s));
    at[apart] = fmaf(b, c, a * s);
}

// y[i] = a[i] + b[i mod period]. y may be a.
KERNEL add(int n, int period, const float* a, const float* b, float* y) {
    unsigned i = thread_number();
    if (i >= n) return;
    y[i] = a[i] + b[i % period];
}

// y[r, y_col + c] (+)= x[r, x_col + c] for c < count, n = rows * count
KERNEL copy_columns(int n, int count, const float* x, int x_cols, int x_col, float* y, int y_cols,
                    int y_col, int accumulate) {
    unsigned i = thread_number();
    if (i >= n) return;
    size_t row = i / count;
    int c = i % count;
    float v = x[row * x_cols + x_col + c];
    size_t to = row * y_cols + y_col + c;
    y[to] = accumulate ? y[to] + v : v;
}
