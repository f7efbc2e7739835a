#include "call_grammar.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace ls {

namespace {

// A text as a grammar writes it.
std::string literal(const std::string & text) {
    std::string result;
    for (const char c : text) {
        result += c == '\n' ? "\\n" : c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    }
    return result;
}

// Where the body of a rule is.
struct body {
    size_t begin = std::string::npos;
    size_t end   = std::string::npos;

    body(const std::string & grammar, const std::string & name) {
        const std::string head = name + " ::= ";
        const size_t      line = grammar.compare(0, head.size(), head) == 0 ? 0 : grammar.find("\n" + head);
        if (line != std::string::npos) {
            begin = grammar.find(head, line) + head.size();
            end   = std::min(grammar.find('\n', begin), grammar.size());
        }
    }
    bool        found() const { return begin != std::string::npos; }
    std::string in(const std::string & grammar) const { return found() ? grammar.substr(begin, end - begin) : ""; }
};

void replace(std::string & grammar, const std::string & name, const std::string & rule, const std::string & other) {
    const body at(grammar, name);
    if (at.found() && at.in(grammar) == rule) {
        grammar.replace(at.begin, rule.size(), other);
    }
}

bool begins(const std::string & text, const std::string & start) {
    return text.compare(0, start.size(), start) == 0;
}

// The words of a rule: names, texts in quotes, classes in brackets, and single other characters.
std::vector<std::string> words(const std::string & rule) {
    std::vector<std::string> result;
    for (size_t i = 0; i < rule.size();) {
        size_t end = i + 1;
        if (rule[i] == '"' || rule[i] == '[') {
            const char close = rule[i] == '"' ? '"' : ']';
            while (end < rule.size() && rule[end] != close) {
                end += rule[end] == '\\' ? 2 : 1;
            }
            end++;
        } else {
            while (std::isalnum((unsigned char) rule[i]) != 0 && end < rule.size() &&
                   (std::isalnum((unsigned char) rule[end]) != 0 || rule[end] == '-')) {
                end++;
            }
        }
        if (rule[i] != ' ') {
            result.push_back(rule.substr(i, end - i));
        }
        i = end;
    }
    return result;
}

bool is_text(const std::string & word) {
    return begins(word, "until-");
}

// Whether the text before this word is thinking: the tag that ends it follows.
bool ends_thinking(const std::vector<std::string> & rule, size_t i) {
    while (i < rule.size() && (rule[i] == "space" || rule[i] == "?")) {
        i++;
    }
    if (i == rule.size() || rule[i][0] != '"') {
        return false;
    }
    std::string tag;
    for (const char c : rule[i]) {
        tag += (char) std::tolower((unsigned char) c);
    }
    return tag.find("think") != std::string::npos;
}

// Drops the free text of a rule, but no thinking.
void drop_text(std::string & grammar, const std::string & name) {
    const body  at(grammar, name);
    const auto  rule = words(at.in(grammar));
    std::string result;
    for (size_t i = 0; i < rule.size(); i++) {
        if (!is_text(rule[i]) || ends_thinking(rule, i + 1)) {
            result += (result.empty() ? "" : " ") + rule[i];
        } else if (i + 1 < rule.size() && rule[i + 1] == "?") {
            i++;
        }
    }
    if (at.found()) {
        grammar.replace(at.begin, at.end - at.begin, result);
    }
}

}  // namespace

bool begins_with_trigger(const common_chat_params & params) {
    if (!params.grammar_lazy || params.grammar_triggers.size() != 1) {
        return false;
    }
    const common_grammar_trigger & trigger = params.grammar_triggers.front();
    return trigger.type == COMMON_GRAMMAR_TRIGGER_TYPE_WORD &&
           begins(body(params.grammar, "root").in(params.grammar), "tool-call") &&
           begins(body(params.grammar, "tool-call").in(params.grammar), '"' + literal(trigger.value));
}

void allow_one_call(std::string & grammar) {
    replace(grammar, "root", "tool-call | tool-calls", "tool-call");
}

void require_call(std::string & grammar) {
    // some formats rely on what starts their lazy grammar
    replace(grammar, "tool-call-root", "tool-call?", "tool-call");
    replace(grammar, "tool-call-root", "tool-call-first?", "tool-call-first");
    replace(grammar, "tool-calls", "(tool-call? space)+", "(tool-call space)+");
    // gpt-oss and Muse may send themselves any number of messages before a call
    replace(grammar, "any", "preamble | analysis", "analysis");
    replace(grammar, "root", "(start any)* start tool-call", "(start any)? start tool-call");
    replace(grammar, "root", "(start analysis)* start tool-call", "(start analysis)? start tool-call");
    drop_text(grammar, "root");
    drop_text(grammar, "ling3-tool-call");
}

}  // namespace ls
