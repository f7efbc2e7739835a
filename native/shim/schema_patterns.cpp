#include "schema_patterns.h"

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace ls {

namespace {

constexpr uint32_t not_ascii = 0x80;

bool is_quantifier(const std::string & text, size_t at) {
    return at < text.size() && text[at] != '\0' && std::strchr("*+?{", text[at]) != nullptr;
}

std::string hex(uint32_t c) {
    char text[8];
    std::snprintf(text, sizeof(text), "\\x%02X", (unsigned) c);
    return text;
}

// What may be written in a class for \d, \w and \s; empty for others. White space other than blanks is escaped in JSON.
std::string members(char c) {
    switch (std::tolower((unsigned char) c)) {
        case 'd': return "0-9";
        case 'w': return "a-zA-Z0-9_";
        case 's': return " ";
        default: return "";
    }
}

// A character of a class in GBNF.
struct character {
    std::string text;
    uint32_t    value;  // not_ascii or higher for all that are not ASCII
};

character read(const std::string & text, size_t at) {
    const auto c = (unsigned char) text[at];
    if (c >= 0x80) {
        size_t end = at + 1;
        while (end < text.size() && ((unsigned char) text[end] & 0xC0) == 0x80) {
            end++;
        }
        return {text.substr(at, end - at), not_ascii};
    }
    if (c != '\\') {
        return {std::string(1, (char) c), c};
    }
    const char kind = text[at + 1];
    switch (kind) {
        case 't': return {"\\t", '\t'};
        case 'r': return {"\\r", '\r'};
        case 'n': return {"\\n", '\n'};
        case 'x':
        case 'u':
        case 'U': {
            const size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
            return {text.substr(at, 2 + digits), (uint32_t) std::stoul(text.substr(at + 2, digits), nullptr, 16)};
        }
        default: return {text.substr(at, 2), (unsigned char) kind};
    }
}

bool escaped_in_json(uint32_t c) {
    return c < 0x20 || c == '"' || c == '\\';
}

// The parts of a range that JSON does not escape.
std::string unescaped_parts(const character & first, const character & last) {
    std::string result;
    uint32_t    from = first.value;
    for (uint32_t c = first.value; c <= last.value && c < not_ascii; c++) {
        if (escaped_in_json(c)) {
            if (from < c) {
                result += hex(from) + "-" + hex(c - 1);
            }
            from = c + 1;
        }
    }
    if (last.value >= not_ascii) {
        result += (from < not_ascii ? hex(from) : first.text) + "-" + last.text;
    } else if (from <= last.value) {
        result += hex(from) + "-" + hex(last.value);
    }
    return result;
}

}  // namespace

std::string plain_pattern(const std::string & pattern) {
    std::string result;
    bool        in_class = false;
    for (size_t i = 0; i < pattern.size(); i++) {
        const char c = pattern[i];
        if (c != '\\' || i + 1 == pattern.size()) {
            in_class = in_class ? c != ']' : c == '[';
            result += c == '"' && is_quantifier(pattern, i + 1) ? "[\\x22]" : std::string(1, c);
            continue;
        }
        const char        next = pattern[++i];
        const std::string set  = members(next);
        if (!set.empty() && std::islower((unsigned char) next)) {
            result += in_class ? set : "[" + set + "]";
        } else if (!set.empty() && !in_class) {
            result += "[^" + set + "]";
        } else if (std::ispunct((unsigned char) next) && (in_class || is_quantifier(pattern, i + 1))) {
            result += in_class ? hex((unsigned char) next) : "[" + hex((unsigned char) next) + "]";
        } else if (std::ispunct((unsigned char) next) && std::strchr("\\\"[]-^$.()|{}*+?", next) == nullptr) {
            result += next;
        } else {
            result += {'\\', next};
        }
    }
    return result;
}

std::string json_class(const std::string & text) {
    if (text.compare(0, 2, "[^") == 0) {
        return text.substr(0, text.size() - 1) + "\"\\\\\\x00-\\x1F]";
    }
    std::string kept;
    bool        quote     = false;
    bool        backslash = false;
    for (size_t i = 1; i + 1 < text.size();) {
        const character first = read(text, i);
        character       last  = first;
        i += first.text.size();
        if (text[i] == '-' && i + 2 < text.size()) {
            last = read(text, i + 1);
            i += 1 + last.text.size();
        }
        quote     = quote || (first.value <= '"' && '"' <= last.value);
        backslash = backslash || (first.value <= '\\' && '\\' <= last.value);
        kept += unescaped_parts(first, last);
    }
    std::vector<std::string> choices;
    if (!kept.empty()) {
        choices.push_back("[" + kept + "]");
    }
    if (quote) {
        choices.push_back("\"\\\\\\\"\"");
    }
    if (backslash) {
        choices.push_back("\"\\\\\\\\\"");
    }
    if (choices.empty()) {
        throw std::runtime_error("a pattern has a class of control characters alone, which is not supported: " + text);
    }
    std::string result = choices[0];
    for (size_t i = 1; i < choices.size(); i++) {
        result += " | " + choices[i];
    }
    return choices.size() == 1 ? result : "(" + result + ")";
}

std::string json_literal(const std::string & escape) {
    const character c = read(escape, 0);
    if (!escaped_in_json(c.value)) {
        return escape;
    }
    switch (c.value) {
        case '"': return "\\\\\\\"";
        case '\\': return "\\\\\\\\";
        case '\t': return "\\\\t";
        case '\r': return "\\\\r";
        case '\n': return "\\\\n";
        default: return "\\\\u00" + hex(c.value).substr(2);
    }
}

int64_t nines(int64_t n) {
    const size_t digits = std::to_string(n).size();
    return digits >= 19 ? INT64_MAX - 1 : std::stoll(std::string(digits, '9'));
}

std::string longer(int64_t n) {
    const size_t digits = std::to_string(n).size();
    return digits >= 16 ? "" : " | [1-9] [0-9]{" + std::to_string(digits) + ",15}";
}

}  // namespace ls
