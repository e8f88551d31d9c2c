// What instructions compute, all lanes of a warp at a time. Only operations whose result PTX defines
// to the last bit are here, so that an emulated result is a GPU's: a module that uses another one
// (an approximate division or exponential, a product that the assembler may fuse) is refused.
#include <cmath>
#include <limits>

#include "emulator.h"

static std::unordered_map<std::string, Signature> table;

// The NaN that a GPU makes.
static inline float canonical(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    bits = x == x ? bits : 0x7FFFFFFFu;
    memcpy(&x, &bits, 4);
    return x;
}
static inline uint32_t bits_of(float x) { uint32_t u; memcpy(&u, &x, 4); return u; }
static inline float float_of(uint32_t u) { float x; memcpy(&x, &u, 4); return x; }

struct Predicate {};  // one bit a lane
template <class T> constexpr int width() { return sizeof(T) * 8; }
template <> constexpr int width<Predicate>() { return 1; }

template <class T> static inline T read(const char* r, int at, int lane) {
    return reinterpret_cast<const T*>(r + at)[lane];
}
template <class F> static inline void each(uint32_t lanes, F f) {
    if (lanes == ALL) {
        for (int l = 0; l < WARP; l++) f(l);
    } else {
        for (int l = 0; l < WARP; l++) if (lanes >> l & 1) f(l);
    }
}

template <class D, class A, class F> static void unary(const char* name, F) {
    table[name] = {[](const Instruction& i, char* r, uint32_t m) {
        D* d = reinterpret_cast<D*>(r + i.d);
        each(m, [&](int l) { d[l] = F()(read<A>(r, i.a, l)); });
    }, width<D>(), width<A>(), 0, 0};
}
template <class D, class A, class B, class F> static void binary(const char* name, F) {
    table[name] = {[](const Instruction& i, char* r, uint32_t m) {
        D* d = reinterpret_cast<D*>(r + i.d);
        each(m, [&](int l) { d[l] = F()(read<A>(r, i.a, l), read<B>(r, i.b, l)); });
    }, width<D>(), width<A>(), width<B>(), 0};
}
template <class D, class A, class C, class F> static void ternary(const char* name, F) {
    table[name] = {[](const Instruction& i, char* r, uint32_t m) {
        D* d = reinterpret_cast<D*>(r + i.d);
        each(m, [&](int l) {
            d[l] = F()(read<A>(r, i.a, l), read<A>(r, i.b, l), read<C>(r, i.c, l));
        });
    }, width<D>(), width<A>(), width<A>(), width<C>()};
}
template <class A, class F> static void compare(const std::string& name, F) {
    table[name] = {[](const Instruction& i, char* r, uint32_t m) {
        uint32_t result = 0;
        for (int l = 0; l < WARP; l++)
            result |= static_cast<uint32_t>(F()(read<A>(r, i.a, l), read<A>(r, i.b, l))) << l;
        uint32_t& d = *reinterpret_cast<uint32_t*>(r + i.d);
        d = (d & ~m) | (result & m);
    }, 1, width<A>(), width<A>(), 0};
}
template <class F> static void logical(const char* name, F, int operands) {
    table[name] = {[](const Instruction& i, char* r, uint32_t m) {
        uint32_t a = read<uint32_t>(r, i.a, 0), b = i.b < 0 ? 0 : read<uint32_t>(r, i.b, 0);
        uint32_t& d = *reinterpret_cast<uint32_t*>(r + i.d);
        d = (d & ~m) | (F()(a, b) & m);
    }, 1, 1, operands > 1 ? 1 : 0, 0};
}
template <class T> static void select(const std::string& name) {
    table[name] = {[](const Instruction& i, char* r, uint32_t m) {
        uint32_t p = read<uint32_t>(r, i.c, 0);
        T* d = reinterpret_cast<T*>(r + i.d);
        each(m, [&](int l) { d[l] = p >> l & 1 ? read<T>(r, i.a, l) : read<T>(r, i.b, l); });
    }, width<T>(), width<T>(), width<T>(), 1};
}

[[noreturn]] static void division() { throw Fault{LAUNCH_FAILED, "DIVISION by zero"}; }

template <class T> static void integers(const std::string& t) {
    auto name = [&](const char* op) { static std::string s; s = op + t; return s.c_str(); };
    typedef typename std::make_unsigned<T>::type U;  // wraps around
    binary<T, T, T>(name("add."), [](T a, T b) { return (T)((U)a + (U)b); });
    binary<T, T, T>(name("sub."), [](T a, T b) { return (T)((U)a - (U)b); });
    binary<T, T, T>(name("mul.lo."), [](T a, T b) { return (T)((U)a * (U)b); });
    ternary<T, T, T>(name("mad.lo."), [](T a, T b, T c) { return (T)((U)a * (U)b + (U)c); });
    binary<T, T, T>(name("min."), [](T a, T b) { return a < b ? a : b; });
    binary<T, T, T>(name("max."), [](T a, T b) { return a > b ? a : b; });
    binary<T, T, T>(name("div."), [](T a, T b) { if (!b) division(); return (T)(a / b); });
    binary<T, T, T>(name("rem."), [](T a, T b) { if (!b) division(); return (T)(a % b); });
    unary<T, T>(name("neg."), [](T a) { return (T)(0 - (U)a); });
    unary<T, T>(name("mov."), [](T a) { return a; });
    binary<T, T, uint32_t>(name("shr."), [](T a, uint32_t n) {
        return n < sizeof(T) * 8 ? (T)(a >> n) : a < 0 ? (T)-1 : (T)0;
    });
    compare<T>(name("setp.eq."), [](T a, T b) { return a == b; });
    compare<T>(name("setp.ne."), [](T a, T b) { return a != b; });
    compare<T>(name("setp.lt."), [](T a, T b) { return a < b; });
    compare<T>(name("setp.le."), [](T a, T b) { return a <= b; });
    compare<T>(name("setp.gt."), [](T a, T b) { return a > b; });
    compare<T>(name("setp.ge."), [](T a, T b) { return a >= b; });
    select<T>("selp." + t);
}
template <class T> static void bits(const std::string& t) {
    auto name = [&](const char* op) { static std::string s; s = op + t; return s.c_str(); };
    binary<T, T, T>(name("and."), [](T a, T b) { return (T)(a & b); });
    binary<T, T, T>(name("or."), [](T a, T b) { return (T)(a | b); });
    binary<T, T, T>(name("xor."), [](T a, T b) { return (T)(a ^ b); });
    unary<T, T>(name("not."), [](T a) { return (T)~a; });
    unary<T, T>(name("mov."), [](T a) { return a; });
    binary<T, T, uint32_t>(name("shl."), [](T a, uint32_t n) {
        return n < sizeof(T) * 8 ? (T)(a << n) : (T)0;
    });
    binary<T, T, uint32_t>(name("shr."), [](T a, uint32_t n) {
        return n < sizeof(T) * 8 ? (T)(a >> n) : (T)0;
    });
    compare<T>("setp.eq." + t, [](T a, T b) { return a == b; });
    compare<T>("setp.ne." + t, [](T a, T b) { return a != b; });
    select<T>("selp." + t);
}
static void floats() {
    typedef float F;
    binary<F, F, F>("add.rn.f32", [](F a, F b) { return canonical(a + b); });
    binary<F, F, F>("sub.rn.f32", [](F a, F b) { return canonical(a - b); });
    binary<F, F, F>("mul.rn.f32", [](F a, F b) { return canonical(a * b); });
    binary<F, F, F>("div.rn.f32", [](F a, F b) { return canonical(a / b); });
    ternary<F, F, F>("fma.rn.f32", [](F a, F b, F c) { return canonical(__builtin_fmaf(a, b, c)); });
    unary<F, F>("rcp.rn.f32", [](F a) { return canonical(1.0f / a); });
    unary<F, F>("sqrt.rn.f32", [](F a) { return canonical(__builtin_sqrtf(a)); });
    unary<F, F>("neg.f32", [](F a) { return -a; });
    unary<F, F>("abs.f32", [](F a) { return float_of(bits_of(a) & 0x7FFFFFFFu); });
    // PTX: the first operand gives the sign
    binary<F, F, F>("copysign.f32", [](F a, F b) {
        return float_of((bits_of(a) & 0x80000000u) | (bits_of(b) & 0x7FFFFFFFu));
    });
    // one NaN loses against a number
    binary<F, F, F>("max.f32", [](F a, F b) { return a != a ? canonical(b) : b != b ? a : a > b ? a : b; });
    binary<F, F, F>("min.f32", [](F a, F b) { return a != a ? canonical(b) : b != b ? a : a < b ? a : b; });
    unary<F, F>("mov.f32", [](F a) { return a; });
    select<F>("selp.f32");
    compare<F>("setp.eq.f32", [](F a, F b) { return a == b; });
    compare<F>("setp.ne.f32", [](F a, F b) { return a < b || a > b; });
    compare<F>("setp.lt.f32", [](F a, F b) { return a < b; });
    compare<F>("setp.le.f32", [](F a, F b) { return a <= b; });
    compare<F>("setp.gt.f32", [](F a, F b) { return a > b; });
    compare<F>("setp.ge.f32", [](F a, F b) { return a >= b; });
    // these are true where either is NaN
    compare<F>("setp.equ.f32", [](F a, F b) { return !(a < b || a > b); });
    compare<F>("setp.neu.f32", [](F a, F b) { return a != b; });
    compare<F>("setp.ltu.f32", [](F a, F b) { return !(a >= b); });
    compare<F>("setp.leu.f32", [](F a, F b) { return !(a > b); });
    compare<F>("setp.gtu.f32", [](F a, F b) { return !(a <= b); });
    compare<F>("setp.geu.f32", [](F a, F b) { return !(a < b); });
    compare<F>("setp.nan.f32", [](F a, F b) { return a != a || b != b; });
    compare<F>("setp.num.f32", [](F a, F b) { return a == a && b == b; });
    unary<F, int32_t>("cvt.rn.f32.s32", [](int32_t a) { return (F)a; });
    unary<F, uint32_t>("cvt.rn.f32.u32", [](uint32_t a) { return (F)a; });
}
static void conversions() {
    unary<int64_t, int32_t>("cvt.s64.s32", [](int32_t a) { return (int64_t)a; });
    unary<uint64_t, uint32_t>("cvt.u64.u32", [](uint32_t a) { return (uint64_t)a; });
    unary<uint32_t, uint64_t>("cvt.u32.u64", [](uint64_t a) { return (uint32_t)a; });
    unary<uint64_t, uint64_t>("cvta.to.global.u64", [](uint64_t a) { return a; });
    binary<int64_t, int32_t, int32_t>("mul.wide.s32", [](int32_t a, int32_t b) { return (int64_t)a * b; });
    binary<uint64_t, uint32_t, uint32_t>("mul.wide.u32", [](uint32_t a, uint32_t b) { return (uint64_t)a * b; });
    ternary<int64_t, int32_t, int64_t>("mad.wide.s32", [](int32_t a, int32_t b, int64_t c) { return (int64_t)a * b + c; });
    ternary<uint64_t, uint32_t, uint64_t>("mad.wide.u32", [](uint32_t a, uint32_t b, uint64_t c) { return (uint64_t)a * b + c; });
    binary<int32_t, int32_t, int32_t>("mul.hi.s32", [](int32_t a, int32_t b) { return (int32_t)((int64_t)a * b >> 32); });
    binary<uint32_t, uint32_t, uint32_t>("mul.hi.u32", [](uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)a * b >> 32); });
    // bfi d, a, b, position, length: the low bits of a into b
    table["bfi.b32"] = {[](const Instruction& i, char* r, uint32_t m) {
        uint32_t* d = reinterpret_cast<uint32_t*>(r + i.d);
        each(m, [&](int l) {
            uint32_t position = read<uint32_t>(r, i.c, l) & 255, length = read<uint32_t>(r, i.e, l) & 255;
            uint64_t field = ((1ull << (length > 32 ? 32 : length)) - 1) << (position > 32 ? 32 : position);
            uint64_t a = (uint64_t)read<uint32_t>(r, i.a, l) << (position > 32 ? 32 : position);
            d[l] = (uint32_t)((a & field) | (read<uint32_t>(r, i.b, l) & ~field));
        });
    }, 32, 32, 32, 32};
    logical("and.pred", [](uint32_t a, uint32_t b) { return a & b; }, 2);
    logical("or.pred", [](uint32_t a, uint32_t b) { return a | b; }, 2);
    logical("xor.pred", [](uint32_t a, uint32_t b) { return a ^ b; }, 2);
    logical("not.pred", [](uint32_t a, uint32_t) { return ~a; }, 1);
    logical("mov.pred", [](uint32_t a, uint32_t) { return a; }, 1);
}

const Signature* find_operation(const std::string& name) {
    if (table.empty()) {
        integers<int32_t>("s32");
        integers<uint32_t>("u32");
        integers<int64_t>("s64");
        integers<uint64_t>("u64");
        bits<uint32_t>("b32");
        bits<uint64_t>("b64");
        floats();
        conversions();
    }
    auto it = table.find(name);
    return it == table.end() ? nullptr : &it->second;
}
