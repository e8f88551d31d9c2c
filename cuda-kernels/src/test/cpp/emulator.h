// An emulated CUDA driver for tests: a libcuda.so.1 that interprets the PTX it is given, 32 lanes at
// a time, and checks what a GPU does not. Files: memory (device memory and who touched it), ptx (the
// parser), registers, operations (what instructions do), machine (warps, barriers, grids), driver (the API).
#pragma once
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

// The driver API's numbers.
enum Result {
    OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100,
    INVALID_DEVICE = 101, INVALID_CONTEXT = 201, INVALID_PTX = 218, UNSUPPORTED_PTX = 222,
    INVALID_HANDLE = 400, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719,
    NOT_SUPPORTED = 801
};

constexpr int WARP = 32;
constexpr uint32_t ALL = 0xffffffffu;
constexpr size_t SHARED_LIMIT = 49152;

std::string format(const char* f, ...) __attribute__((format(printf, 1, 2)));

// A mistake of the program under test; ends the launch or the call.
struct Fault {
    Result code;
    std::string text;
};

// ---- settings and counters, set by text (see driver.cpp)
struct Settings {
    uint64_t seed = 1;        // order of blocks and warps
    long eager = 0;           // 1 in so many calls runs what is queued; 0: only a synchronisation does
    long races = 1;           // whether they are looked for
    long devices = 1;
    long driver = 13000;      // version
    long memory = 2048l << 20;  // bytes
    long fail_launch = 0;     // so many launches from now, one faults
    long fail_alloc = 0;      // from the so manieth allocation from now on, some find no memory:
    long fail_allocs = 1;     // so many
    long init = 0;            // what cuInit answers
};
extern Settings settings;
uint32_t random_number();

// ---- memory.cpp
struct Allocation {
    char* begin;
    size_t size;
    int number;
    bool live;
};
constexpr size_t PAGE = 4096;
Allocation* allocate(size_t n);                // throws Fault
void release(uint64_t address);                // throws Fault
size_t size_at(uint64_t address);              // of the live buffer there, else 0
bool is_device(uint64_t address, size_t n);    // within one live buffer
std::string where(uint64_t address);
size_t live_bytes();
int live_buffers();
void start_launch();                           // what follows is ordered behind what was
void start_block(uint32_t block);
void next_interval();                          // a barrier of the block
void shared_layout(size_t bytes, const std::vector<char>& valid);

// ---- ptx.cpp
struct Instruction;
typedef void (*Operation)(const Instruction&, char* registers, uint32_t lanes);
enum Kind : uint8_t { COMPUTE, MEMORY, BRANCH, BARRIER, SHUFFLE, RETURN };
struct Instruction {
    Operation run = nullptr;
    Kind kind = COMPUTE;
    bool guard_negated = false, store = false, sign = false;
    char space = 0;                   // 'g'lobal, 's'hared, 'p'arameter
    int size = 0, count = 1;          // bytes of an element, elements of a vector
    int lane = 0;                     // bytes of an element in its register: a load may widen
    int guard = -1, d = -1, a = -1, b = -1, c = -1, e = -1, vector[4] = {};  // numbers, then places, of registers
    long offset = 0;
    int target = -1, line = 0;
    const char* file = "";
};
struct Kernel {
    std::string name;
    int number;                       // unlike any other kernel's, from 1
    std::vector<Instruction> code;
    std::vector<int> parameter_offset, parameter_size;
    int parameter_bytes = 0, threads = 1024;
    std::vector<char> registers;      // a warp's, with constants filled in
    int special[12];                  // offsets of %tid.x ... %nctaid.z; -1 if not used
    size_t shared_bytes = 0;          // with gaps that keep arrays apart
    size_t shared_used = 0;           // without
    std::vector<char> shared_valid;
};
// A register before it has a place, or a constant, which is kept apart.
struct Register { int bits; bool kept; uint64_t value; };
void place_registers(Kernel& kernel, const std::vector<Register>& registers);
struct PtxError { int line; std::string text; };
std::vector<std::unique_ptr<Kernel>> parse_ptx(const std::string& text);  // throws PtxError

// ---- memory.cpp: what loads and stores of a warp do; they throw Fault
void load_parameter(const Instruction& i, char* registers, uint32_t lanes, const char* parameters);
void access_memory(const Instruction& i, char* registers, uint32_t lanes, int warp);

// ---- operations.cpp
struct Signature { Operation run; int d, a, b, c; };  // widths in bits; 1 is a predicate, 0 nothing
const Signature* find_operation(const std::string& name);

// ---- machine.cpp
struct Dim { unsigned x, y, z; };
void run_grid(const Kernel& kernel, Dim grid, Dim block, const char* parameters);  // throws Fault
