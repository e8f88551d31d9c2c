// exp, tanh, sigmoid and the normal distribution as fixed sequences of IEEE operations, the same as
// those of the simd backend (ScalarMath.java, which says how the coefficients were found); and log. A GPU's
// NaN has all bits set, and would come out of the arithmetic on exponents as a number: where bits
// are used, NaN is passed through.
#pragma once

#define ROUND 12582912.0f  // 1.5 * 2^23: adding it rounds to an integer, which then is in the low bits
#define ROUND_BITS 0x4B400000
#define LOG2E 1.44269504f
#define LN2_HIGH (-0.693145751953125f)
#define LN2_LOW (-1.42860677e-6f)
#define EXP_UNDERFLOW (-87.33f)
#define SQRT_HALF_BITS 0x3F3504F3
#define SQRT_2_OVER_PI 0.7978845608f
#define GELU_CUBIC 0.044715f
#define INV_SQRT_2PI 0.3989422804f

// r + r^2 (c0 + c1 r + ...)
static __device__ __forceinline__ float exp_minus_one(
    float r, float c0, float c1, float c2, float c3, float c4) {
    float q = fmaf(r, c4, c3);
    q = fmaf(q, r, c2);
    q = fmaf(q, r, c1);
    q = fmaf(q, r, c0);
    return fmaf(q, r * r, r);
}

static __device__ __forceinline__ float reduced(float x, float n) {
    return fmaf(n, LN2_LOW, fmaf(n, LN2_HIGH, x));
}

static __device__ __forceinline__ float exp_polynomial(float x, float n) {
    return exp_minus_one(reduced(x, n), 0.5f, 0.1666652113199234f, 0.04166838899254799f,
                         0.00836874544620514f, 0.0013814539415761828f) + 1.0f;
}

// exp(x) for x <= 0
static __device__ __forceinline__ float exp_of_negative(float x) {
    float t = fmaf(x, LOG2E, ROUND);
    float p = exp_polynomial(x, t - ROUND);
    float y = __int_as_float(__float_as_int(p) + (__float_as_int(t) << 23));
    return x != x ? x : x < EXP_UNDERFLOW ? 0.0f : y;
}

// exp(x)
static __device__ __forceinline__ float exponential(float x) {
    float t = fmaf(x, LOG2E, ROUND);
    float p = exp_polynomial(x, t - ROUND);
    int n = __float_as_int(t) - ROUND_BITS;
    int half = n >> 1;
    // 2^n in two factors, so that neither overflows before the product does
    float y = __int_as_float(__float_as_int(p) + (half << 23)) * __int_as_float((n - half + 127) << 23);
    y = x < -104.0f ? 0.0f : y;
    y = x > 88.8f ? __int_as_float(0x7F800000) : y;
    return x != x ? x : y;
}

// log(x) for normal x > 0: n log(2) + log(m) with x = 2^n m and m from sqrt(1/2) to sqrt(2), where
// log(m) = 2 artanh(s), s = (m - 1) / (m + 1). What its Taylor series leaves out is below 2^-28 of it.
static __device__ __forceinline__ float logarithm(float x) {
    int n = (__float_as_int(x) - SQRT_HALF_BITS) >> 23;
    float m = __int_as_float(__float_as_int(x) - (n << 23));
    float s = (m - 1.0f) / (m + 1.0f), square = s * s;
    float q = fmaf(square, 2.0f / 9, 2.0f / 7);
    q = fmaf(q, square, 2.0f / 5);
    q = fmaf(q, square, 2.0f / 3);
    float y = fmaf(q, square * s, s + s);
    y = fmaf(-(float)n, LN2_HIGH, fmaf(-(float)n, LN2_LOW, y));
    return x != x ? x : y;
}

// e / (e + 2) with e = exp(2|x|) - 1, and the sign of x
static __device__ __forceinline__ float hyperbolic_tangent(float x) {
    float a = fabsf(x);
    a = a > 10.0f ? 10.0f : a;
    float z = a + a;
    float t = fmaf(z, LOG2E, ROUND);
    float q = exp_minus_one(reduced(z, t - ROUND), 0.5f, 0.1666654348373413f, 0.04166720062494278f,
                            0.008366547524929047f, 0.0013882516650483012f);
    float s = __int_as_float((__float_as_int(t) << 23) + 0x3F800000);
    float e = fmaf(s, q, s - 1.0f);
    float y = e / (e + 2.0f);
    return x != x ? x : copysignf(y, x);
}

static __device__ __forceinline__ float sigmoid(float x) {
    return 1.0f / (1.0f + exponential(-x));
}

// exp(-a^2/2), with the rounding error of a^2 put back
static __device__ __forceinline__ float gauss(float a) {
    float h = a * a;
    float low = fmaf(a, a, -h);
    float s = h * -0.5f;
    float e = exp_of_negative(s);
    e = fmaf(e, low * -0.5f, e);
    return s < EXP_UNDERFLOW ? 0.0f : e;
}

// (1 - Phi(a)) / exp(-a^2/2) for a >= 0
static __device__ __forceinline__ float tail_ratio(float a) {
    float t = 1.0f / fmaf(a, 0.3f, 1.0f);
    float g = fmaf(t, 0.038407403975725174f, -0.16930751502513885f);
    g = fmaf(g, t, 0.22895188629627228f);
    g = fmaf(g, t, -0.07683976739645004f);
    g = fmaf(g, t, 0.1427653431892395f);
    g = fmaf(g, t, 0.0945858359336853f);
    g = fmaf(g, t, 0.12194526940584183f);
    g = fmaf(g, t, 0.11948420852422714f);
    return fmaf(g, t, 7.372429536189884e-06f);
}

// Phi(x), given gauss(x)
static __device__ __forceinline__ float normal_cdf(float x, float g) {
    float q = tail_ratio(fabsf(x)) * g;
    return x < 0.0f ? q : 1.0f - q;
}
