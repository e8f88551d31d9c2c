// Parses PTX: the subset that nvcc makes of plain kernels. Anything else is refused by name.
#include "emulator.h"

static std::string trim(const std::string& s) {
    size_t a = s.find_first_not_of(" \t\r\n"), b = s.find_last_not_of(" \t\r\n");
    return a == std::string::npos ? "" : s.substr(a, b - a + 1);
}
static std::vector<std::string> split(const std::string& s, const char* separators) {
    std::vector<std::string> parts;
    std::string part;
    int depth = 0;
    for (char c : s) {
        if (c == '[' || c == '{') depth++;
        if (c == ']' || c == '}') depth--;
        if (!depth && strchr(separators, c)) {
            if (!trim(part).empty()) parts.push_back(trim(part));
            part.clear();
        } else {
            part += c;
        }
    }
    if (!trim(part).empty()) parts.push_back(trim(part));
    return parts;
}
static bool starts(const std::string& s, const char* prefix) { return s.compare(0, strlen(prefix), prefix) == 0; }
static int type_bits(const std::string& type) { return type == "pred" ? 1 : atoi(type.c_str() + 1); }

static const char* const SPECIAL[12] = {"%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z",
                                        "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z"};

struct Parser {
    std::vector<std::unique_ptr<Kernel>> kernels;
    Kernel* k = nullptr;
    std::map<int, std::string> files;
    std::map<std::string, int> widths;     // declared registers: prefix to bits
    std::map<std::string, int> registers;  // name to number
    std::vector<Register> named;
    std::map<std::string, int> parameters;
    std::map<std::string, size_t> shared;
    std::map<std::string, int> labels;
    std::vector<std::pair<int, std::string>> jumps;
    std::string file;
    int line = 0, text_line = 0;

    [[noreturn]] void refuse(const std::string& what) { throw PtxError{text_line, what}; }

    int name_register(int bits, bool kept, uint64_t value = 0) {
        named.push_back({bits, kept, value});
        return named.size() - 1;
    }

    int declared_bits(const std::string& name) {
        for (const char* special : SPECIAL) if (name == special) return 32;
        auto w = widths.find(name.substr(0, name.find_first_of("0123456789")));
        if (w == widths.end()) refuse("register " + name);
        return w->second;
    }

    // The register or constant that an operand of this width names.
    int operand(const std::string& text, int bits) {
        std::string s = trim(text);
        std::string key = s[0] == '%' ? s : s + ":" + std::to_string(bits);
        if (s[0] == '%' && declared_bits(s) != bits) refuse("register " + s + " where " + std::to_string(bits) + " bits are needed");
        auto known = registers.find(key);
        if (known != registers.end()) return known->second;
        if (s[0] == '%') {
            for (int i = 0; i < 12; i++) {
                if (s == SPECIAL[i]) return registers[s] = k->special[i] = name_register(32, true);
            }
            return registers[s] = name_register(bits, false);
        }
        uint64_t v;
        if (starts(s, "0f") || starts(s, "0F")) v = strtoul(s.c_str() + 2, nullptr, 16);
        else if (s[0] == '-') v = static_cast<uint64_t>(strtoll(s.c_str(), nullptr, 0));
        else if (isdigit(s[0])) v = strtoull(s.c_str(), nullptr, 0);
        else if (shared.count(s)) v = shared[s];
        else refuse("operand '" + s + "'");
        return registers[key] = name_register(bits, true, v);
    }

    void address(Instruction& i, const std::string& text) {  // [register+n] or [name+n]
        std::string s = trim(text.substr(1, text.size() - 2));
        size_t plus = s.find('+');
        i.offset = plus == std::string::npos ? 0 : strtol(s.c_str() + plus + 1, nullptr, 0);
        std::string base = trim(s.substr(0, plus));
        if (parameters.count(base)) i.offset += parameters[base];
        else i.a = operand(base, i.space == 'g' ? 64 : 32);
    }

    void memory(Instruction& i, const std::vector<std::string>& words, const std::vector<std::string>& o,
                const std::string& full) {
        std::string space = words[1];
        i.space = space == "param" || space == "shared" || space == "global" ? space[0] : 0;
        if (!i.space || o.size() != 2) refuse(full);
        for (size_t w = 2; w + 1 < words.size(); w++) {
            if (words[w] != "nc" && words[w] != "v2" && words[w] != "v4") refuse(full);
        }
        int bits = type_bits(words.back());
        if (bits != 32 && bits != 64) refuse(full);
        i.kind = MEMORY;
        i.store = words[0] == "st";
        i.size = bits / 8;
        address(i, o[i.store ? 0 : 1]);
        std::string values = o[i.store ? 1 : 0];
        auto v = values[0] == '{' ? split(values.substr(1, values.size() - 2), ",") : std::vector<std::string>{values};
        i.count = v.size();
        int lane = v[0][0] == '%' ? declared_bits(v[0]) : bits;
        if (lane < bits || (i.store && lane != bits)) refuse(full);
        i.lane = lane / 8;
        i.sign = words.back()[0] == 's';
        for (int n = 0; n < i.count; n++) i.vector[n] = operand(v[n], lane);
    }

    void instruction(std::string s) {
        Instruction i;
        i.line = line;
        i.file = strdup(file.c_str());
        if (s[0] == '@') {
            size_t end = s.find_first_of(" \t");
            i.guard_negated = s[1] == '!';
            i.guard = operand(s.substr(i.guard_negated ? 2 : 1, end - (i.guard_negated ? 2 : 1)), 1);
            s = trim(s.substr(end));
        }
        size_t end = s.find_first_of(" \t");
        std::string full = s.substr(0, end);
        auto o = end == std::string::npos ? std::vector<std::string>() : split(s.substr(end), ",");
        auto words = split(full, ".");
        if (words[0] == "bra") {
            i.kind = BRANCH;
            jumps.push_back({static_cast<int>(k->code.size()), o[0]});
        } else if (full == "ret") {
            i.kind = RETURN;
        } else if (full == "bar.sync" && o.size() == 1 && o[0] == "0") {
            i.kind = BARRIER;
        } else if (words[0] == "ld" || words[0] == "st") {
            memory(i, words, o, full);
        } else if (full == "shfl.sync.bfly.b32") {
            i.kind = SHUFFLE;
            i.d = operand(o[0].substr(0, o[0].find('|')), 32);
            i.a = operand(o[1], 32);
            i.b = operand(o[2], 32);
            i.c = operand(o[3], 32);
            i.e = operand(o[4], 32);
        } else {
            const Signature* f = find_operation(full);
            if (!f) refuse(full + " is not emulated");
            i.run = f->run;
            i.d = operand(o.at(0), f->d);
            if (f->a) i.a = operand(o.at(1), f->a);
            if (f->b) i.b = operand(o.at(2), f->b);
            if (f->c) i.c = operand(o.at(3), f->c);
            if (full == "bfi.b32") i.e = operand(o.at(4), 32);
        }
        k->code.push_back(i);
    }

    void shared_array(const std::string& s) {  // .shared .align 4 .b8 name[1024]
        if (!k) refuse("shared memory outside of a kernel");
        size_t align = 4, at = s.find(".align");
        if (at != std::string::npos) align = atoi(s.c_str() + at + 6);
        auto words = split(s, " \t");
        std::string name = words.back();
        size_t bracket = name.find('[');
        size_t n = bracket == std::string::npos ? 1 : atol(name.c_str() + bracket + 1);
        n *= type_bits(words[words.size() - 2].substr(1)) / 8;
        size_t first = (k->shared_bytes + align - 1) / align * align;
        shared[name.substr(0, bracket)] = first;
        k->shared_used += n;
        k->shared_valid.resize(first, 0);
        k->shared_valid.resize(first + n, 1);
        k->shared_bytes = first + n + 128;
        k->shared_valid.resize(k->shared_bytes, 0);
    }

    void directive(const std::string& s) {
        if (starts(s, ".loc")) {
            int f = 0, l = 0;
            sscanf(s.c_str(), ".loc %d %d", &f, &l);
            if (l) line = l, file = files[f];
        } else if (starts(s, ".reg")) {
            auto words = split(s, " \t");
            std::string name = words.back();
            widths[name.substr(0, name.find('<'))] = type_bits(words[1].substr(1));
        } else if (starts(s, ".shared")) {
            shared_array(s);
        } else if (starts(s, ".maxntid")) {
            k->threads = atoi(s.c_str() + 8);
        } else if (!starts(s, ".version") && !starts(s, ".target") && !starts(s, ".address_size") &&
                   !starts(s, ".file") && !starts(s, ".minnctapersm") && !starts(s, ".pragma")) {
            refuse(s.substr(0, 60));
        }
    }

    void begin(const std::string& head) {
        kernels.push_back(std::make_unique<Kernel>());
        k = kernels.back().get();
        static int number;
        k->number = ++number;
        for (int& s : k->special) s = -1;
        registers.clear();
        named.clear();
        parameters.clear();
        shared.clear();
        labels.clear();
        jumps.clear();
        size_t entry = head.find(".entry") + 6, open = head.find('(', entry), close = head.find(')', open);
        k->name = trim(head.substr(entry, open - entry));
        for (const std::string& p : split(head.substr(open + 1, close - open - 1), ",")) {
            auto words = split(p, " \t\n");
            int size = words.size() == 3 ? type_bits(words[1].substr(1)) / 8 : 0;
            if (size != 4 && size != 8) refuse("parameter " + p);
            k->parameter_bytes = (k->parameter_bytes + size - 1) / size * size;
            parameters[words[2]] = k->parameter_bytes;
            k->parameter_offset.push_back(k->parameter_bytes);
            k->parameter_size.push_back(size);
            k->parameter_bytes += size;
        }
        for (const std::string& d : split(head.substr(close + 1), "\n")) directive(d);
    }

    void finish() {
        for (auto& jump : jumps) {
            if (!labels.count(jump.second)) refuse("label " + jump.second);
            k->code[jump.first].target = labels[jump.second];
        }
        Instruction end;
        end.kind = RETURN;
        k->code.push_back(end);
        place_registers(*k, named);
        k = nullptr;
    }

    void find_files(const std::string& text) {  // they stand at the end
        for (size_t at = text.find("\t.file"); at != std::string::npos; at = text.find("\t.file", at + 1)) {
            int n = 0;
            char name[200] = "";
            if (sscanf(text.c_str() + at, " .file %d \"%199[^\"]\"", &n, name) == 2) files[n] = name;
        }
    }

    void parse(const std::string& text) {
        find_files(text);
        std::string statement;
        bool head = false, braces = false;
        for (size_t p = 0; p < text.size(); p++) {
            char c = text[p];
            if (c == '\n') text_line++;
            if (c == '/' && text[p + 1] == '/') {
                while (text[p + 1] != '\n') p++;
                continue;
            }
            std::string t = trim(statement);
            head = head || t.find(".entry") != std::string::npos;
            if (c == '\n' && !head && !braces) {
                // labels and the directives that end with their line
                if (!t.empty() && t.back() == ':') labels[t.substr(0, t.size() - 1)] = k->code.size(), statement.clear();
                else if (starts(t, ".loc") || starts(t, ".file") || starts(t, ".version") || starts(t, ".target") || starts(t, ".address_size")) directive(t), statement.clear();
                else if (!t.empty()) statement += ' ';
            } else if (c == '{' && head) {
                begin(t);
                statement.clear();
                head = false;
            } else if (c == '}' && !braces) {
                finish();
                statement.clear();
            } else if (c == ';') {
                if (t[0] == '.') directive(t); else instruction(t);
                statement.clear();
            } else {
                if (c == '{' || c == '}') braces = c == '{';
                statement += c;
            }
        }
    }
};

std::vector<std::unique_ptr<Kernel>> parse_ptx(const std::string& text) {
    Parser parser;
    parser.parse(text);
    return std::move(parser.kernels);
}
