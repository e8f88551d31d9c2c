// The driver API, as far as JCuda programs of this project use it. Whatever is asynchronous is kept
// until a synchronisation, so that a missing one shows: results are not there, and what the host
// changed meanwhile is copied as it is by then.
#include <sys/mman.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <mutex>
#include <sstream>

#include "emulator.h"

#define API extern "C" __attribute__((visibility("default"))) int
typedef unsigned long long Device;

Settings settings;
static std::recursive_mutex mutex;
static bool initialised;
static uint64_t state = 1;
static std::string last_report;
static long launches, reports, pinned_buffers, failed_allocations, downloads;
static std::map<char*, size_t> pinned;

// Addresses, of either memory, are kept beside the work that uses them.
struct Work { std::function<void()> run; std::vector<uint64_t> addresses; };
struct Stream { std::deque<Work> queue; };
struct Context { int sticky = OK, retained = 0; };
static Context primary;
static thread_local Context* current;
static std::vector<Stream*> streams;

std::string format(const char* f, ...) {
    char text[1000];
    va_list arguments;
    va_start(arguments, f);
    vsnprintf(text, sizeof text, f, arguments);
    va_end(arguments);
    return text;
}

uint32_t random_number() {
    state += 0x9E3779B97F4A7C15ull;
    uint64_t z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z >> 32;
}

static int report(const Fault& f) {
    if (!f.text.empty()) {
        reports++;
        last_report = f.text;
        fprintf(stderr, "[emulated cuda] %s\n", f.text.c_str());
    }
    return f.code;
}

// Runs a call of the API that needs a context.
static int call(const std::function<int()>& body) {
    std::lock_guard<std::recursive_mutex> lock(mutex);
    if (!initialised) return NOT_INITIALIZED;
    if (!current) return INVALID_CONTEXT;
    if (current->sticky) return current->sticky;
    try {
        return body();
    } catch (Fault& f) {
        return report(f);
    }
}

// A fault here stays with the context, as on a device.
static int drain(Stream* s) {
    try {
        while (!s->queue.empty()) {
            auto work = std::move(s->queue.front());
            s->queue.pop_front();
            work.run();
        }
        return OK;
    } catch (Fault& f) {
        s->queue.clear();
        return current->sticky = report(f);
    }
}

static int enqueue(void* stream, std::vector<uint64_t> addresses, std::function<void()> work) {
    Stream* s = static_cast<Stream*>(stream);
    if (std::find(streams.begin(), streams.end(), s) == streams.end())
        throw Fault{INVALID_HANDLE, "STREAM: work for a stream that is not there"};
    s->queue.push_back({std::move(work), std::move(addresses)});
    return settings.eager && random_number() % settings.eager == 0 ? drain(s) : OK;
}

static void forbid_queued_use(uint64_t begin, size_t size, const char* what) {
    for (Stream* s : streams)
        for (const Work& w : s->queue)
            for (uint64_t a : w.addresses)
                if (a - begin < size) throw Fault{INVALID_VALUE, format("FREE of %s memory that queued work uses", what)};
}
static uint64_t number(const void* p) { return reinterpret_cast<uint64_t>(p); }

static bool is_pinned(const void* p, size_t n) {
    char* c = static_cast<char*>(const_cast<void*>(p));
    auto it = pinned.upper_bound(c);
    if (it == pinned.begin()) return false;
    --it;
    return c + n <= it->first + it->second;
}
static void need(bool sound, const char* what, size_t n, const std::string& place) {
    if (!sound) throw Fault{INVALID_VALUE, format("BAD RANGE: %s of %zu bytes at %s", what, n, place.c_str())};
}

API cuInit(unsigned) {
    if (settings.init) return settings.init;
    if (settings.devices == 0) return NO_DEVICE;
    initialised = true;
    return OK;
}
API cuDriverGetVersion(int* v) { *v = settings.driver; return OK; }
API cuDeviceGetCount(int* n) { *n = settings.devices; return OK; }
API cuDeviceGet(int* d, int i) { *d = i; return i >= 0 && i < settings.devices ? OK : INVALID_DEVICE; }
API cuDeviceGetName(char* name, int n, int) { snprintf(name, n, "Emulated device"); return OK; }
API cuDeviceTotalMem_v2(size_t* n, int) { *n = settings.memory; return OK; }
API cuDeviceGetAttribute(int* v, int attribute, int) {
    switch (attribute) {
        case 16: *v = 2; break;   // multiprocessors
        case 75: *v = 7; break;   // compute capability 7.5
        case 76: *v = 5; break;
        // for tests
        case 10000: *v = launches; break;
        case 10001: *v = live_buffers(); break;
        case 10002: *v = pinned_buffers; break;
        case 10003: *v = reports; break;
        case 10004: *v = primary.retained; break;
        case 10005: *v = failed_allocations; break;
        case 10006: *v = downloads; break;
        default: return INVALID_VALUE;
    }
    return OK;
}
API cuDevicePrimaryCtxRetain(Context** c, int) { primary.retained++; *c = &primary; return OK; }
API cuDevicePrimaryCtxRelease_v2(int) { primary.retained--; return OK; }
API cuCtxSetCurrent(Context* c) { current = c; return OK; }
API cuCtxGetCurrent(Context** c) { *c = current; return OK; }

static bool allocation_fails() {
    if (settings.fail_alloc > 1) settings.fail_alloc--;
    else if (settings.fail_alloc == 1 && settings.fail_allocs > 0) {
        settings.fail_allocs--;
        failed_allocations++;
        return true;
    }
    return false;
}
API cuMemAlloc_v2(Device* d, size_t n) {
    return call([&] {
        if (!n) return static_cast<int>(INVALID_VALUE);
        if (allocation_fails()) return static_cast<int>(OUT_OF_MEMORY);
        *d = reinterpret_cast<Device>(allocate(n)->begin);
        return static_cast<int>(OK);
    });
}
API cuMemFree_v2(Device d) {
    return call([&] {
        if (!d) return static_cast<int>(OK);
        forbid_queued_use(d, size_at(d), "device");
        release(d);
        return static_cast<int>(OK);
    });
}
API cuMemGetInfo_v2(size_t* free, size_t* total) {
    return call([&] { *total = settings.memory; *free = settings.memory - live_bytes(); return static_cast<int>(OK); });
}
API cuMemHostAlloc(void** p, size_t n, unsigned) {
    return call([&] {
        *p = mmap(nullptr, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (*p == MAP_FAILED) return static_cast<int>(OUT_OF_MEMORY);
        pinned[static_cast<char*>(*p)] = n;
        pinned_buffers++;
        return static_cast<int>(OK);
    });
}
API cuMemFreeHost(void* p) {
    return call([&] {
        auto it = pinned.find(static_cast<char*>(p));
        if (it == pinned.end()) throw Fault{INVALID_VALUE, "BAD FREE of host memory"};
        forbid_queued_use(number(p), it->second, "pinned");
        munmap(p, it->second);
        pinned.erase(it);
        pinned_buffers--;
        return static_cast<int>(OK);
    });
}
API cuMemcpyHtoDAsync_v2(Device d, const void* from, size_t n, void* stream) {
    return call([&] {
        need(is_pinned(from, n), "asynchronous copy from host memory that is not pinned,", n, "the source");
        return enqueue(stream, {d, number(from)}, [=] {
            need(is_device(d, n), "copy to the device", n, where(d));
            need(is_pinned(from, n), "copy from freed host memory", n, "the source");
            memcpy(reinterpret_cast<void*>(d), from, n);
        });
    });
}
API cuMemcpyDtoHAsync_v2(void* to, Device d, size_t n, void* stream) {
    return call([&] {
        need(is_pinned(to, n), "asynchronous copy to host memory that is not pinned,", n, "the target");
        downloads++;
        return enqueue(stream, {d, number(to)}, [=] {
            need(is_device(d, n), "copy from the device", n, where(d));
            need(is_pinned(to, n), "copy to freed host memory", n, "the target");
            memcpy(to, reinterpret_cast<void*>(d), n);
        });
    });
}
API cuMemcpyDtoDAsync_v2(Device to, Device from, size_t n, void* stream) {
    return call([&] {
        return enqueue(stream, {to, from}, [=] {
            need(is_device(to, n), "copy to", n, where(to));
            need(is_device(from, n), "copy from", n, where(from));
            memmove(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), n);
        });
    });
}
API cuMemsetD32Async(Device d, unsigned v, size_t n, void* stream) {
    return call([&] {
        return enqueue(stream, {d}, [=] {
            need(is_device(d, 4 * n), "set", 4 * n, where(d));
            for (size_t i = 0; i < n; i++) reinterpret_cast<unsigned*>(d)[i] = v;
        });
    });
}

// ---- modules
typedef std::map<std::string, std::unique_ptr<Kernel>> Module;

// "emulator: seed=3 devices=0 ...", in place of PTX, changes settings.
static int configure(const std::string& text) {
    std::istringstream words(text.substr(9));
    std::string word;
    std::map<std::string, long*> known = {
        {"eager", &settings.eager}, {"races", &settings.races}, {"devices", &settings.devices},
        {"driver", &settings.driver}, {"memory", &settings.memory}, {"fail_launch", &settings.fail_launch},
        {"fail_alloc", &settings.fail_alloc}, {"fail_allocs", &settings.fail_allocs}, {"init", &settings.init}};
    while (words >> word) {
        size_t eq = word.find('=');
        std::string key = word.substr(0, eq);
        long value = atol(word.c_str() + eq + 1);
        if (key == "seed") state = value;
        else if (known.count(key)) *known[key] = value;
        else return INVALID_VALUE;
    }
    return OK;
}
API cuModuleLoadData(Module** out, const char* image) {
    std::string text = image;
    if (text.compare(0, 9, "emulator:") == 0) {
        std::lock_guard<std::recursive_mutex> lock(mutex);
        return configure(text);
    }
    return call([&] {
        int major = 0, minor = 0;
        size_t at = text.find(".version ");
        if (at == std::string::npos || sscanf(text.c_str() + at, ".version %d.%d", &major, &minor) != 2)
            throw Fault{INVALID_PTX, "PTX: no version"};
        // CUDA 9 introduced PTX 6.0, CUDA 10 6.3, 11 7.0, 12 8.0, 13 9.0
        int cuda = settings.driver / 1000, newest = cuda < 10 ? 60 : cuda == 10 ? 63 : (cuda - 4) * 10;
        if (major * 10 + minor > newest) return static_cast<int>(UNSUPPORTED_PTX);
        try {
            auto m = std::make_unique<Module>();
            for (auto& k : parse_ptx(text)) (*m)[k->name] = std::move(k);
            *out = m.release();
        } catch (PtxError& e) {
            throw Fault{INVALID_PTX, format("PTX line %d: %s", e.line + 1, e.text.c_str())};
        }
        return static_cast<int>(OK);
    });
}
API cuModuleUnload(Module* m) { return call([&] { delete m; return static_cast<int>(OK); }); }
API cuModuleGetFunction(const Kernel** f, Module* m, const char* name) {
    return call([&] {
        auto it = m->find(name);
        if (it == m->end()) return static_cast<int>(NOT_FOUND);
        *f = it->second.get();
        return static_cast<int>(OK);
    });
}
API cuLaunchKernel(const Kernel* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void* stream, void** arguments, void** extra) {
    return call([&] {
        if (!f || !gx || !gy || !gz || !bx || !by || !bz || gx > 2147483647u || gy > 65535 || gz > 65535 || extra ||
            shared || bx * by * bz > static_cast<unsigned>(f->threads) || f->shared_used > SHARED_LIMIT)
            throw Fault{INVALID_VALUE, format("LAUNCH: grid %u x %u x %u, block %u x %u x %u, shared memory %zu", gx, gy, gz, bx, by, bz, f ? f->shared_used : 0)};
        launches++;
        // the arguments are read now
        std::string values(f->parameter_bytes, '\0');
        std::vector<uint64_t> addresses;
        for (size_t i = 0; i < f->parameter_size.size(); i++) {
            memcpy(&values[f->parameter_offset[i]], arguments[i], f->parameter_size[i]);
            if (f->parameter_size[i] == 8) addresses.push_back(*static_cast<uint64_t*>(arguments[i]));
        }
        bool fails = settings.fail_launch > 0 && --settings.fail_launch == 0;
        return enqueue(stream, addresses, [=] {
            if (fails) throw Fault{ILLEGAL_ADDRESS, "FAULT on demand in kernel " + f->name};
            run_grid(*f, {gx, gy, gz}, {bx, by, bz}, values.data());
        });
    });
}

// ---- streams
API cuStreamCreate(Stream** s, unsigned) {
    return call([&] { streams.push_back(*s = new Stream()); return static_cast<int>(OK); });
}
API cuStreamSynchronize(Stream* s) { return call([&] { return drain(s); }); }
API cuStreamDestroy_v2(Stream* s) {
    return call([&] {
        int result = drain(s);
        streams.erase(std::remove(streams.begin(), streams.end(), s), streams.end());
        delete s;
        return result;
    });
}
API cuCtxSynchronize() {
    return call([&] {
        for (Stream* s : streams) if (int r = drain(s)) return r;
        return static_cast<int>(OK);
    });
}

// ---- for tests: "the last report" instead of a name
API cuDeviceGetPCIBusId(char* text, int n, int) { snprintf(text, n, "%s", last_report.c_str()); return OK; }
// a new process, as far as faults go
API cuDevicePrimaryCtxReset_v2(int) { primary.sticky = OK; return OK; }

API emulator_lacks(const char* name) {
    fprintf(stderr, "[emulated cuda] %s is not emulated\n", name);
    return NOT_SUPPORTED;
}
