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

// The same for shared memory, where launch and block are always the present ones.
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
    for (size_t d = 0; d < 64 * PAGE && !near; d += PAGE) {
        near = owner(address - d);
        if (!near) near = owner(address + d);
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

[[noreturn]] static void fail(Result code, const Accessor& who, const std::string& text) {
    throw Fault{code, format("thread %d, %s:%d: %s", who.thread, who.file, who.line, text.c_str())};
}

[[noreturn]] static void race(
    const Accessor& who, bool writes, bool other_wrote, int other, uint32_t other_block,
    const std::string& place) {
    std::string him = other == SEVERAL_THREADS ? "several threads" : format("thread %d", other);
    std::string of = other_block == SEVERAL_BLOCKS ? "several blocks" : format("block %u", other_block);
    fail(LAUNCH_FAILED, who,
         format("RACE: %s %s that %s of %s %s in the same interval", writes ? "writes" : "reads",
                place.c_str(), him.c_str(), of.c_str(), other_wrote ? "wrote" : "read"));
}

// Whether an access of this launch is not ordered before one of thread t.
static inline bool unordered(const Access& a, int t) {
    if (a.launch != launch) return false;
    return a.block != block || (a.interval == interval && a.thread != t);
}

char* global_access(const Accessor& who, uint64_t address, size_t n, bool write) {
    static Allocation* last;
    static size_t last_count;
    uint64_t begin = 0;
    if (last_count == allocations.size() && last && last->live)
        begin = reinterpret_cast<uint64_t>(last->begin);
    if (!begin || address - begin + n > last->size || address < begin) {
        last = owner(address);
        last_count = allocations.size();
        if (!is_device(address, n))
            fail(ILLEGAL_ADDRESS, who,
                 format("ILLEGAL ADDRESS: %s %zu bytes at %s", write ? "writes" : "reads", n,
                        where(address).c_str()));
    }
    if (address % n)
        fail(ILLEGAL_ADDRESS, who, format("MISALIGNED: %zu bytes at %s", n, where(address).c_str()));
    char* p = reinterpret_cast<char*>(address);
    if (!settings.races) return p;
    Word* w = words + (p - arena) / 4;
    int t = who.thread;
    for (size_t i = 0; i < n; i += 4, w++) {
        if (unordered(w->write, t))
            race(who, write, true, w->write.thread, w->write.block, where(address + i));
        if (write) {
            if (unordered(w->read, t))
                race(who, true, false, w->read.thread, w->read.block, where(address + i));
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
    return p;
}

void shared_layout(size_t n, const std::vector<char>& v) {
    shared.resize(n + 16);
    valid = v;
    if (shared_words.size() < n / 4 + 4) shared_words.resize(n / 4 + 4);
}

char* shared_access(const Accessor& who, uint64_t address, size_t n, bool write) {
    if (address + n > valid.size() || !valid[address] || !valid[address + n - 1])
        fail(ILLEGAL_ADDRESS, who,
             format("ILLEGAL ADDRESS: shared memory byte %lu is in no array", (unsigned long)address));
    if (address % n)
        fail(ILLEGAL_ADDRESS, who, format("MISALIGNED: shared memory byte %lu", (unsigned long)address));
    SharedWord* w = &shared_words[address / 4];
    int t = who.thread;
    for (size_t i = 0; i < n; i += 4, w++) {
        if (!write && w->write < first_interval)
            fail(LAUNCH_FAILED, who,
                 format("UNINITIALISED: reads shared memory byte %lu, which this block never wrote",
                        (unsigned long)(address + i)));
        if (w->write == interval && w->writer != t && settings.races)
            race(who, write, true, w->writer, block, format("shared memory byte %lu", address + i));
        if (write) {
            if (w->read == interval && w->reader != t && settings.races)
                race(who, true, false, w->reader, block, format("shared memory byte %lu", address + i));
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
