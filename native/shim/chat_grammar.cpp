#include "chat_grammar.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <vector>

#include "barrier.h"
#include "json-schema-to-grammar.h"

namespace ls {

namespace {

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

// How many words are free text here: a rule, or anything.
size_t text_at(const std::vector<std::string> & rule, size_t i) {
    return begins(rule[i], "until-") ? 1 : rule[i] == "." && i + 1 < rule.size() && rule[i + 1] == "*" ? 2 : 0;
}

// The tag that ends the thinking, without the space around it; empty if there is none.
std::string end_of_thinking(const common_chat_params & params) {
    const std::string tag   = params.thinking_end_tags.empty() ? "" : params.thinking_end_tags.front();
    const size_t      begin = tag.find_first_not_of(" \n");
    return begin == std::string::npos ? "" : tag.substr(begin, tag.find_last_not_of(" \n") + 1 - begin);
}

bool contains(const std::string & text, const std::string & part) {
    return !part.empty() && text.find(part) != std::string::npos;
}

// Whether the text before this word is thinking: the tag that ends it follows.
bool ends_thinking(const std::vector<std::string> & rule, size_t i, const std::string & end) {
    static const std::vector<std::string> between = {"space", "?", "(", R"(" ")", R"("\n")"};
    while (i < rule.size() && std::find(between.begin(), between.end(), rule[i]) != between.end()) {
        i++;
    }
    if (i == rule.size() || rule[i][0] != '"') {
        return false;
    }
    std::string tag = rule[i];
    std::transform(tag.begin(), tag.end(), tag.begin(), [](unsigned char c) { return (char) std::tolower(c); });
    return contains(tag, "think") || contains(rule[i], end);
}

// Replaces the free text of a rule, but no thinking. Whether there was any.
bool replace_text(common_chat_params & params, const std::string & name, const std::string & other) {
    const body        at(params.grammar, name);
    const auto        rule = words(at.in(params.grammar));
    const std::string end  = end_of_thinking(params);
    bool              found = false;
    std::string       result;
    for (size_t i = 0; i < rule.size(); i++) {
        const size_t text = text_at(rule, i);
        if (text == 0 || ends_thinking(rule, i + text, end)) {
            result += " " + rule[i];
            continue;
        }
        found = true;
        result += " " + other;
        i += text - 1;
        i += i + 1 < rule.size() && rule[i + 1] == "?" ? 1 : 0;
    }
    if (found) {
        params.grammar.replace(at.begin, at.end - at.begin, result);
    }
    return found;
}

void replace_all(std::string & text, const std::string & part, const std::string & other) {
    for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += other.size()) {
        text.replace(at, part.size(), other);
    }
}

// functionary may write to all before it calls tools, in a form in which calls are text.
void drop_text_for_all(std::string & grammar) {
    const std::string calls = "| tools";
    const size_t      begin = grammar.find("\"all\\n\" until-", body(grammar, "root").begin);
    const size_t      end   = begin == std::string::npos ? begin : grammar.find(calls, begin);
    if (end != std::string::npos) {
        grammar.erase(begin, end + calls.find('t') - begin);
    }
}

// Drops the space at the end of an answer: the model would spend tokens on it. The end is that of the root, and of the rules
// of calls that are at its end. Tools give rules their names, so that some may refer to each other.
void drop_last_space(std::string & grammar) {
    static const std::regex  last(R"re(( space| "")+((\)| *"<\|role_end\|>" \?)*)$)re");
    std::vector<std::string> names = {"root", "ling3-tool-call"};
    for (size_t i = 0; i < names.size(); i++) {
        const std::string rule = body(grammar, names[i]).in(grammar);
        const std::string rest = std::regex_replace(rule, last, "$2");
        replace(grammar, names[i], rule, rest);
        const auto parts = words(rest);
        for (auto part = parts.rbegin(); part != parts.rend(); part++) {
            if (begins(*part, "tool")) {
                if (std::find(names.begin(), names.end(), *part) == names.end()) {
                    names.push_back(*part);
                }
            } else if (*part != "(" && *part != "|" && *part != ")") {
                break;
            }
        }
    }
}

// The same grammar, in which all rules have longer names.
std::string renamed(const std::string & grammar, const std::string & prefix) {
    std::string result;
    for (size_t i = 0; i < grammar.size();) {
        const char c   = grammar[i];
        size_t     end = i + 1;
        if (c == '"' || c == '[' || c == '{') {
            const char close = c == '"' ? '"' : c == '[' ? ']' : '}';
            while (end < grammar.size() && grammar[end] != close) {
                end += grammar[end] == '\\' ? 2 : 1;
            }
            end++;
        } else if (std::isalnum((unsigned char) c) != 0) {
            while (end < grammar.size() && (std::isalnum((unsigned char) grammar[end]) != 0 || grammar[end] == '-')) {
                end++;
            }
            result += prefix;
        }
        result += grammar.substr(i, end - i);
        i = end;
    }
    return result;
}

}  // namespace

void allow_one_call(std::string & grammar) {
    replace(grammar, "root", "tool-call | tool-calls", "tool-call");
    replace(grammar, "tool-calls", "(tool-call space)+", "tool-call");
    for (const char * name : {"tools", "kimi-k3-tool-call"}) {
        const body   calls(grammar, name);
        const size_t several = calls.found() ? grammar.find('+', calls.begin) : std::string::npos;
        if (several < calls.end) {
            grammar.erase(several, 1);
        }
    }
    drop_last_space(grammar);
}

void require_call(common_chat_params & params) {
    std::string & grammar = params.grammar;
    // some formats rely on what starts their lazy grammar
    replace(grammar, "tool-call-root", "tool-call?", "tool-call");
    replace(grammar, "tool-call-root", "tool-call-first?", "tool-call-first");
    replace(grammar, "tool-calls", "(tool-call? space)+", "(tool-call space)+");
    // gpt-oss and Muse may send themselves any number of messages before a call
    replace(grammar, "any", "preamble | analysis", "analysis");
    replace(grammar, "root", "(start any)* start tool-call", "(start any)? start tool-call");
    replace(grammar, "root", "(start analysis)* start tool-call", "(start analysis)? start tool-call");
    drop_text_for_all(grammar);
    replace_text(params, "root", "space");
    replace_text(params, "ling3-tool-call", "");
}

void require_json(common_chat_params & params, const std::string & schema) {
    replace(params.grammar, "root", "(start analysis)* start final", "(start analysis)? start final");
    // Kimi-K3's token ends the answer in any case, and would be text after some of what may come before it
    replace_all(params.grammar, R"("<|end_of_msg|>"?)", "");
    const bool root = replace_text(params, "root", "space json-root");
    if (!replace_text(params, "final", "space json-root") && !root) {
        throw refused("this template knows no schema");
    }
    params.grammar += "\n" + renamed(json_schema_to_grammar(common_json::parse(schema)), "json-");
}

void require_end_of_thinking(common_chat_params & params) {
    for (const std::string & tag : params.thinking_end_tags) {
        const std::string end = gbnf_format_literal(tag);
        replace_all(params.grammar, end + "?", end);
        replace_all(params.grammar, "(" + end + " | )", end);
    }
}

std::string either(const std::string & one, const std::string & other) {
    return "root ::= one-root | other-root\n" + renamed(one, "one-") + "\n" + renamed(other, "other-");
}

}  // namespace ls
