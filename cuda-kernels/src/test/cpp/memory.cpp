// Device memory. Buffers lie apart, an address is never used twice, and of each word it is known who
// of the running launch read and wrote it last.
#include <sys/mman.h>

#include "emulator.h"

static constexpr size_t ARENA = 64ull << 30;
// Fresh memory holds a signalling NaN: what is computed from it is NaN.
static constexpr uint32_t FRESH = 0x7FA0CAFE;

// One thread's access. Within a launch two are ordered only if they are of one block with a barrier
// between, or of one thread.
struct Access { uint32_t launch, block, interval; int thread; };
struct Word { Access write, read; };
static constexpr uint32_t SEVERAL_BLOCKS = ~0u;
static constexpr int SEVERAL_THREADS = -1;

// Accesses of a word of shared memory, where launch and block are always the present ones.
struct SharedWord { uint32_t write, read; int writer, reader; };

static char* arena;
static size_t used;
static Word* words;
static uint32_t* owners;  // of each page: allocation number, 0 for none
static std::vector<Allocation> allocations;
static size_t bytes;
static int buffers;

static uint32_t launch, block, interval, first_interval;
static std::vector<char> shared, valid;
static std::vector<SharedWord> shared_words;

template <class T> static T* reserve(size_t n) {
    void* p = mmap(nullptr, n * sizeof(T), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) throw Fault{OUT_OF_MEMORY, "the emulator cannot reserve address space"};
    return static_cast<T*>(p);
}

static Allocation* owner(uint64_t address) {
    size_t at = address - reinterpret_cast<uint64_t>(arena);
    if (at >= ARENA) return nullptr;
    uint32_t n = owners[at / PAGE];
    return n ? &allocations[n - 1] : nullptr;
}

Allocation* allocate(size_t n) {
    if (!arena) {
        arena = reserve<char>(ARENA);
        words = reserve<Word>(ARENA / 4);
        owners = reserve<uint32_t>(ARENA / PAGE);
    }
    size_t pages = (n + PAGE - 1) / PAGE + 1;
    if (bytes + n > static_cast<size_t>(settings.memory) || used + pages * PAGE > ARENA)
        throw Fault{OUT_OF_MEMORY, ""};
    char* begin = arena + used;
    used += pages * PAGE;
    for (size_t i = 0; i + 1 < pages; i++)
        owners[(begin - arena) / PAGE + i] = allocations.size() + 1;
    for (size_t i = 0; i < n / 4; i++) reinterpret_cast<uint32_t*>(begin)[i] = FRESH;
    bytes += n;
    buffers++;
    allocations.push_back({begin, n, static_cast<int>(allocations.size()) + 1, true});
    return &allocations.back();
}

size_t size_at(uint64_t address) {
    Allocation* a = owner(address);
    return a && a->live ? a->size : 0;
}

void release(uint64_t address) {
    Allocation* a = owner(address);
    if (!a || !a->live || reinterpret_cast<uint64_t>(a->begin) != address)
        throw Fault{INVALID_VALUE, "BAD FREE: " + where(address)};
    a->live = false;
    bytes -= a->size;
    buffers--;
    madvise(a->begin, (a->size + PAGE - 1) / PAGE * PAGE, MADV_DONTNEED);
    Word* w = words + (a->begin - arena) / 4;
    size_t from = (reinterpret_cast<size_t>(w) + PAGE - 1) / PAGE * PAGE;
    size_t to = reinterpret_cast<size_t>(w + a->size / 4) / PAGE * PAGE;
    if (to > from) madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

size_t live_bytes() { return bytes; }
int live_buffers() { return buffers; }

bool is_device(uint64_t address, size_t n) {
    Allocation* a = owner(address);
    if (!a || !a->live) return false;
    size_t at = address - reinterpret_cast<uint64_t>(a->begin);
    return at + n <= a->size;
}

std::string where(uint64_t address) {
    if (address < 65536) return format("address %#lx (null or a small number)", address);
    Allocation* near = nullptr;
    uint64_t least = ~0ull;
    for (size_t d = 0; d < 64 * PAGE && !near; d += PAGE) {
        for (Allocation* a : {owner(address - d), owner(address + d)}) {
            if (!a) continue;
            uint64_t begin = reinterpret_cast<uint64_t>(a->begin), end = begin + a->size;
            uint64_t distance = address < begin ? begin - address : address >= end ? address - end : 0;
            if (distance < least) least = distance, near = a;
        }
    }
    if (!near) return format("address %#lx, which is in no buffer", address);
    long at = address - reinterpret_cast<uint64_t>(near->begin);
    return format("byte %ld of %sbuffer %d (%zu bytes)%s", at, near->live ? "" : "FREED ",
                  near->number, near->size,
                  at < 0 ? ", before its start" : at >= (long)near->size ? ", past its end" : "");
}

void start_launch() { launch++; }

void start_block(uint32_t number) {
    block = number;
    first_interval = ++interval;
}

void next_interval() { interval++; }

// The access that is being made; for messages.
static const Instruction* now;

[[noreturn]] static void fail(Result code, int thread, const std::string& text) {
    throw Fault{code, format("thread %d, %s:%d: %s", thread, now->file, now->line, text.c_str())};
}

[[noreturn]] static void race(int thread, bool other_wrote, int other, uint32_t other_block, const std::string& place) {
    std::string them = other == SEVERAL_THREADS ? "several threads" : format("thread %d", other);
    std::string of = other_block == SEVERAL_BLOCKS ? "several blocks" : format("block %u", other_block);
    fail(LAUNCH_FAILED, thread,
         format("RACE: %s %s that %s of %s %s in the same interval", now->store ? "writes" : "reads",
                place.c_str(), them.c_str(), of.c_str(), other_wrote ? "wrote" : "read"));
}

// Whether an access of this launch is not ordered before one of thread t.
static inline bool unordered(const Access& a, int t) {
    if (a.launch != launch) return false;
    return a.block != block || (a.interval == interval && a.thread != t);
}

static void check_global_words(char* p, size_t n, int t) {
    Word* w = words + (p - arena) / 4;
    for (size_t i = 0; i < n; i += 4, w++) {
        if (unordered(w->write, t)) race(t, true, w->write.thread, w->write.block, where((uint64_t)p + i));
        if (now->store) {
            if (unordered(w->read, t)) race(t, false, w->read.thread, w->read.block, where((uint64_t)p + i));
            w->write = {launch, block, interval, t};
        } else if (w->read.launch != launch) {
            w->read = {launch, block, interval, t};
        } else if (w->read.block != block) {
            w->read.block = SEVERAL_BLOCKS;
        } else if (w->read.interval != interval) {
            w->read = {launch, block, interval, t};
        } else if (w->read.thread != t) {
            w->read.thread = SEVERAL_THREADS;
        }
    }
}

static inline char* global(uint64_t address, size_t n, int t) {
    static uint64_t begin, end;  // of the buffer that was used last
    static uint32_t of_launch;   // buffers come and go between launches only
    if (of_launch != launch || address < begin || address + n > end) {
        if (!is_device(address, n))
            fail(ILLEGAL_ADDRESS, t, format("ILLEGAL ADDRESS: %s %zu bytes at %s", now->store ? "writes" : "reads", n,
                                            where(address).c_str()));
        Allocation* a = owner(address);
        begin = reinterpret_cast<uint64_t>(a->begin);
        end = begin + a->size;
        of_launch = launch;
    }
    if (address % n) fail(ILLEGAL_ADDRESS, t, format("MISALIGNED: %zu bytes at %s", n, where(address).c_str()));
    char* p = reinterpret_cast<char*>(address);
    if (settings.races) check_global_words(p, n, t);
    return p;
}

void shared_layout(size_t n, const std::vector<char>& v) {
    shared.resize(n + 16);
    valid = v;
    if (shared_words.size() < n / 4 + 4) shared_words.resize(n / 4 + 4);
}

static std::string shared_place(size_t address) { return format("shared memory byte %zu", address); }

static inline char* shared_at(uint32_t address, size_t n, int t) {
    if (address + n > valid.size() || !valid[address] || !valid[address + n - 1])
        fail(ILLEGAL_ADDRESS, t, "ILLEGAL ADDRESS: " + shared_place(address) + " is in no array");
    if (address % n) fail(ILLEGAL_ADDRESS, t, "MISALIGNED: " + shared_place(address));
    SharedWord* w = &shared_words[address / 4];
    for (size_t i = 0; i < n; i += 4, w++) {
        if (!now->store && w->write < first_interval)
            fail(LAUNCH_FAILED, t, "UNINITIALISED: reads " + shared_place(address + i) + ", which this block never wrote");
        if (w->write == interval && w->writer != t && settings.races)
            race(t, true, w->writer, block, shared_place(address + i));
        if (now->store) {
            if (w->read == interval && w->reader != t && settings.races)
                race(t, false, w->reader, block, shared_place(address + i));
            w->write = interval;
            w->writer = t;
        } else if (w->read != interval) {
            w->read = interval;
            w->reader = t;
        } else if (w->reader != t) {
            w->reader = SEVERAL_THREADS;
        }
    }
    return &shared[address];
}

static inline void copy_element(const Instruction& i, char* registers, int at, int lane, char* memory) {
    char* r = registers + at + lane * i.lane;
    if (i.store) {
        memcpy(memory, r, i.size);
    } else if (i.lane == i.size) {
        memcpy(r, memory, i.size);
    } else {
        int32_t v;
        memcpy(&v, memory, 4);
        int64_t wide = i.sign ? v : static_cast<int64_t>(static_cast<uint32_t>(v));
        memcpy(r, &wide, 8);
    }
}


void load_parameter(const Instruction& i, char* r, uint32_t lanes, const char* parameters) {
    for (int l = 0; l < WARP; l++)
        if (lanes >> l & 1) copy_element(i, r, i.vector[0], l, const_cast<char*>(parameters) + i.offset);
}

// Most accesses by far are loads of words that an earlier interval of this block wrote. Returns the
// lanes that are left: whatever is otherwise is looked at one by one.
static uint32_t load_shared_words(const Instruction& i, char* r, uint32_t lanes, int warp) {
    const uint32_t* base = reinterpret_cast<const uint32_t*>(r + i.a);
    SharedWord* all = shared_words.data();
    const char* memory = shared.data();
    uint32_t n = 4 * i.count, limit = valid.size() - n + 1, offset = i.offset, left = 0;
    for (int l = 0; l < WARP; l++) {
        if (!(lanes >> l & 1)) continue;
        uint32_t at = base[l] + offset;
        SharedWord* w = all + (at < limit ? at / 4 : 0);
        bool usual = at < limit && at % n == 0;
        for (int v = 0; v < i.count; v++) usual &= w[v].write >= first_interval && w[v].write != interval;
        if (!usual) {
            left |= 1u << l;
            continue;
        }
        int t = warp * WARP + l;
        for (int v = 0; v < i.count; v++) {
            w[v].reader = w[v].read != interval || w[v].reader == t ? t : SEVERAL_THREADS;
            w[v].read = interval;
            memcpy(r + i.vector[v] + l * 4, memory + at + v * 4, 4);
        }
    }
    return left;
}

void access_memory(const Instruction& i, char* r, uint32_t lanes, int warp) {
    now = &i;
    size_t n = static_cast<size_t>(i.size) * i.count;
    if (i.space == 's' && i.size == 4 && i.lane == 4 && !i.store && i.a >= 0 && valid.size() >= n) {
        lanes = load_shared_words(i, r, lanes, warp);
        if (!lanes) return;
    }
    const uint64_t* wide = reinterpret_cast<const uint64_t*>(r + i.a);
    const uint32_t* narrow = reinterpret_cast<const uint32_t*>(r + i.a);
    for (int l = 0; l < WARP; l++) {
        if (!(lanes >> l & 1)) continue;
        int t = warp * WARP + l;
        char* p = i.space == 'g' ? global(wide[l] + i.offset, n, t)
                                 : shared_at(static_cast<uint32_t>((i.a < 0 ? 0 : narrow[l]) + i.offset), n, t);
        if (n == 4 && i.lane == 4) {
            char* element = r + i.vector[0] + l * 4;
            if (i.store) memcpy(p, element, 4); else memcpy(element, p, 4);
        } else {
            for (int v = 0; v < i.count; v++) copy_element(i, r, i.vector[v], l, p + v * i.size);
        }
    }
}
