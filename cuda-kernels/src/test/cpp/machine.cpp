// Runs grids: blocks one after the other in random order, the warps of a block in random turns. The
// lanes of a warp that stand at the same instruction go on together, those furthest behind first, so
// that they meet again where branches join.
#include <algorithm>

#include "emulator.h"

struct Group { int pc; uint32_t lanes; };
struct WarpState {
    std::vector<Group> groups;      // the furthest ahead first
    std::vector<char> registers;
    int holds = 0;                  // number of the kernel whose constants are in the registers
    uint32_t existing, live;
    bool waiting = false;           // at the barrier before groups[0].pc
};

static const Kernel* kernel;
static Dim grid_size, block_index;
static std::vector<WarpState> warps;
static const char* parameters;

[[noreturn]] static void fail(Result code, const Instruction& i, int warp, const std::string& text) {
    throw Fault{code, format("warp %d, %s:%d: %s", warp, i.file, i.line, text.c_str())};
}

// As the PTX manual has it under shfl.sync, mode bfly.
static void shuffle(const Instruction& i, WarpState& w, uint32_t lanes, int warp) {
    char* r = w.registers.data();
    uint32_t *d = reinterpret_cast<uint32_t*>(r + i.d), *a = reinterpret_cast<uint32_t*>(r + i.a);
    uint32_t *b = reinterpret_cast<uint32_t*>(r + i.b), *c = reinterpret_cast<uint32_t*>(r + i.c);
    uint32_t* mask = reinterpret_cast<uint32_t*>(r + i.e);
    uint32_t before[WARP], after[WARP];
    memcpy(before, a, sizeof before);
    memcpy(after, d, sizeof after);
    for (int l = 0; l < WARP; l++) {
        if (!(lanes >> l & 1)) continue;
        uint32_t named = mask[l] & w.existing;
        if (named != lanes)
            fail(LAUNCH_FAILED, i, warp,
                 format("WARP DIVERGENCE: a shuffle names the lanes %08x, but %08x are there", named, lanes));
        int segment = c[l] >> 8 & 31, last = (l & segment) | ((c[l] & 31) & ~segment), j = l ^ (b[l] & 31);
        if (j > last) j = l;
        if (!(named >> j & 1)) fail(LAUNCH_FAILED, i, warp, format("SHUFFLE: lane %d reads lane %d, which is not there", l, j));
        after[l] = before[j];
    }
    memcpy(d, after, sizeof after);
}

static void insert(WarpState& w, Group g) {
    for (Group& other : w.groups) {
        if (other.pc == g.pc) {
            other.lanes |= g.lanes;
            return;
        }
    }
    w.groups.push_back(g);
    std::sort(w.groups.begin(), w.groups.end(), [](Group a, Group b) { return a.pc > b.pc; });
}

// Runs a warp until its barrier, its end, or so many instructions.
static void run_warp(WarpState& w, int number, int turn) {
    const Instruction* code = kernel->code.data();
    char* r = w.registers.data();
    while (!w.groups.empty() && turn > 0) {
        Group g = w.groups.back();
        w.groups.pop_back();
        int next = w.groups.empty() ? 1 << 30 : w.groups.back().pc;
        for (;;) {
            const Instruction& i = code[g.pc];
            uint32_t lanes = g.lanes;
            if (i.guard >= 0) {
                uint32_t p = *reinterpret_cast<uint32_t*>(r + i.guard);
                lanes &= i.guard_negated ? ~p : p;
            }
            g.pc++;
            switch (i.kind) {
                case COMPUTE: if (lanes) i.run(i, r, lanes); break;
                case MEMORY:
                    if (!lanes) break;
                    if (i.space == 'p') load_parameter(i, r, lanes, parameters);
                    else access_memory(i, r, lanes, number);
                    break;
                case SHUFFLE: if (lanes) shuffle(i, w, lanes, number); break;
                case BRANCH:
                    if (lanes == g.lanes) {
                        g.pc = i.target;
                    } else if (lanes) {
                        insert(w, {i.target, lanes});
                        g.lanes &= ~lanes;
                        next = w.groups.back().pc;
                    }
                    break;
                case RETURN: g.lanes &= ~lanes; w.live &= ~lanes; break;
                case BARRIER:
                    if (!lanes) break;
                    if (lanes != w.existing)
                        fail(LAUNCH_FAILED, i, number,
                             w.live != w.existing
                                 ? format("BARRIER AFTER EXIT: lanes %08x have left the kernel", w.existing & ~w.live)
                                 : format("DIVERGENT BARRIER: only lanes %08x are there", lanes));
                    w.waiting = true;
                    insert(w, g);
                    return;
            }
            if (!g.lanes) break;
            if (--turn <= 0 || g.pc >= next) {
                insert(w, g);
                break;
            }
        }
    }
}

static void run_block(Dim block) {
    int threads = block.x * block.y * block.z, n = (threads + WARP - 1) / WARP;
    warps.resize(n);
    for (int i = 0; i < n; i++) {
        WarpState& w = warps[i];
        int lanes = std::min(WARP, threads - i * WARP);
        w.existing = w.live = lanes == WARP ? ALL : (1u << lanes) - 1;
        w.groups = {{0, w.existing}};
        w.waiting = false;
        if (w.holds != kernel->number) {
            w.registers = kernel->registers;
            w.holds = kernel->number;
        }
        for (int s = 0; s < 12; s++) {
            if (kernel->special[s] < 0) continue;
            for (int l = 0; l < WARP; l++) {
                unsigned t = i * WARP + l;
                unsigned values[12] = {t % block.x, t / block.x % block.y, t / (block.x * block.y), block.x, block.y, block.z,
                                       block_index.x, block_index.y, block_index.z, grid_size.x, grid_size.y, grid_size.z};
                reinterpret_cast<uint32_t*>(w.registers.data() + kernel->special[s])[l] = values[s];
            }
        }
    }
    std::vector<int> ready;
    for (;;) {
        ready.clear();
        int waiting = 0, done = 0;
        for (int i = 0; i < n; i++) {
            if (warps[i].groups.empty()) done++;
            else if (warps[i].waiting) waiting++;
            else ready.push_back(i);
        }
        if (!ready.empty()) {
            int i = ready[random_number() % ready.size()];
            run_warp(warps[i], i, 32 + random_number() % 512);
            continue;
        }
        if (!waiting) return;
        int pc = -1;
        for (int i = 0; i < n; i++) {
            const Instruction& at = kernel->code[warps[i].groups.empty() ? 0 : warps[i].groups[0].pc - 1];
            if (warps[i].groups.empty())
                fail(LAUNCH_FAILED, kernel->code.back(), i, format("BARRIER AFTER EXIT: %d warps wait at a barrier that %d have left behind", waiting, done));
            if (pc >= 0 && warps[i].groups[0].pc != pc) fail(LAUNCH_FAILED, at, i, "DIVERGENT BARRIER: other warps wait at another one");
            pc = warps[i].groups[0].pc;
        }
        for (WarpState& w : warps) w.waiting = false;
        next_interval();
    }
}

void run_grid(const Kernel& k, Dim grid, Dim block, const char* p) {
    kernel = &k;
    grid_size = grid;
    parameters = p;
    shared_layout(k.shared_bytes, k.shared_valid);
    start_launch();
    size_t n = static_cast<size_t>(grid.x) * grid.y * grid.z;
    std::vector<uint32_t> order(n);
    for (size_t i = 0; i < n; i++) order[i] = i;
    for (size_t i = n - 1; i > 0; i--) std::swap(order[i], order[random_number() % (i + 1)]);
    for (uint32_t b : order) {
        block_index = {b % grid.x, b / grid.x % grid.y, b / (grid.x * grid.y)};
        start_block(b);
        try {
            run_block(block);
        } catch (Fault& f) {
            throw Fault{f.code, format("kernel %s, block (%u, %u, %u), %s", k.name.c_str(), block_index.x,
                                       block_index.y, block_index.z, f.text.c_str())};
        }
    }
}
