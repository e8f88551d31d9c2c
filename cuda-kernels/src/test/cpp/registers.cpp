// Gives registers their places. A kernel names thousands, of which few are in use at a time: kept
// apart, a warp's would not fit the processor's cache.
#include <algorithm>

#include "emulator.h"

namespace {

// Where in the code a register is in use: from its first mention to its last. A loop that begins
// after the first and before the last keeps it to its end, for the next time round.
struct Range { int first = -1, last = -1; bool read_first = false; };

class Placement {
public:
    Placement(Kernel& kernel, const std::vector<Register>& registers) : k(kernel), names(registers), ranges(registers.size()) {}

    void run() {
        for (size_t n = 0; n < k.code.size(); n++) mention(k.code[n], n);
        extend_over_loops();
        place();
        for (Instruction& i : k.code) rename(i);
        for (int& s : k.special) if (s >= 0) s = places[s];
    }

private:
    Kernel& k;
    const std::vector<Register>& names;
    std::vector<Range> ranges;
    std::vector<int> places;

    void mention(const Instruction& i, int n) {
        auto use = [&](int r, bool read) {
            if (r < 0) return;
            Range& range = ranges[r];
            if (range.first < 0) range = {n, n, read};
            range.last = n;
        };
        for (int r : {i.guard, i.a, i.b, i.c, i.e}) use(r, true);
        for (int v = 0; v < (i.kind == MEMORY ? i.count : 0); v++) use(i.vector[v], i.store);
        use(i.d, false);
    }

    void extend_over_loops() {
        for (bool changed = true; changed;) {
            changed = false;
            for (size_t end = 0; end < k.code.size(); end++) {
                int begin = k.code[end].target, last = end;
                if (k.code[end].kind != BRANCH || begin > last) continue;
                for (Range& r : ranges) {
                    bool enters = r.first < begin && r.last >= begin && r.last < last;
                    bool carried = r.read_first && r.first >= begin && r.first <= last && (r.first > begin || r.last < last);
                    if (r.first < 0 || (!enters && !carried)) continue;
                    if (carried) r.first = begin;
                    r.last = std::max(r.last, last);
                    changed = true;
                }
            }
        }
    }

    static size_t size(const Register& r) { return r.bits == 64 ? 8 * WARP : r.bits == 1 ? 64 : 4 * WARP; }

    void place() {
        places.assign(names.size(), -1);
        size_t end = 0;
        for (size_t r = 0; r < names.size(); r++) {  // constants stay
            if (!names[r].kept) continue;
            places[r] = end;
            end += size(names[r]);
        }
        std::vector<int> order;
        for (size_t r = 0; r < names.size(); r++) if (!names[r].kept && ranges[r].first >= 0) order.push_back(r);
        std::sort(order.begin(), order.end(), [&](int a, int b) { return ranges[a].first < ranges[b].first; });
        std::multimap<int, int> active;             // by last mention
        std::map<size_t, std::vector<int>> free;    // by size
        for (int r : order) {
            while (!active.empty() && active.begin()->first < ranges[r].first) {
                int done = active.begin()->second;
                free[size(names[done])].push_back(places[done]);
                active.erase(active.begin());
            }
            auto& fitting = free[size(names[r])];
            if (fitting.empty()) {
                places[r] = end;
                end += size(names[r]);
            } else {
                places[r] = fitting.back();
                fitting.pop_back();
            }
            active.insert({ranges[r].last, r});
        }
        k.registers.assign(end, 0);
        for (size_t r = 0; r < names.size(); r++) {
            if (!names[r].kept) continue;
            size_t n = names[r].bits == 64 ? 8 : 4;
            for (int l = 0; l < WARP; l++) memcpy(&k.registers[places[r] + l * n], &names[r].value, n);
        }
    }

    void rename(Instruction& i) {
        for (int* r : {&i.guard, &i.a, &i.b, &i.c, &i.d, &i.e}) if (*r >= 0) *r = places[*r];
        for (int v = 0; v < (i.kind == MEMORY ? i.count : 0); v++) i.vector[v] = places[i.vector[v]];
    }
};

}  // namespace

void place_registers(Kernel& kernel, const std::vector<Register>& registers) {
    Placement(kernel, registers).run();
}
