#include "chat_parser.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <variant>

#include "call_limits.h"

namespace ls {

namespace {

// A text is read again after it has grown by this part of itself, if nothing is known about what it means.
constexpr size_t share = 256;

bool starts_with(const std::string & whole, const std::string & begin) {
    return whole.compare(0, begin.size(), begin) == 0;
}

bool is_blank(const std::string & text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c); });
}

// What was reported stays reported: the parser takes white space back, which may come again.
void keep_longer(std::string & now, const std::string & before) {
    if (now.size() < before.size() && starts_with(before, now)) {
        now = before;
    }
}

}  // namespace

chat_parser::form::form(const common_chat_params & params, const std::string & parser, bool schema) : parameters(params) {
    parameters.reasoning_format = COMMON_REASONING_FORMAT_AUTO;
    if (!parser.empty()) {
        parameters.parser.load(parser);
    }
    const auto add = [&](const std::string & text) {
        if (!text.empty()) {
            ends[(unsigned char) text.front()] = true;
            longest                            = std::max(longest, text.size());
        }
    };
    for (common_peg_parser_id id = 0; id < parameters.parser.size(); id++) {
        const auto & part = parameters.parser.get(id);
        if (const auto * until = std::get_if<common_peg_until_parser>(&part)) {
            for (const std::string & delimiter : until->delimiters) {
                add(delimiter);
            }
        } else if (const auto * literal = std::get_if<common_peg_literal_parser>(&part); literal && schema) {
            add(literal->literal);
        }
    }
    for (const char c : {'"', '}', ']'}) {
        ends[(unsigned char) c] = ends[(unsigned char) c] || schema;
    }
}

chat_parser::chat_parser(
        const common_chat_params & params, const std::string & json, const common_chat_templates_inputs & inputs) {
    const bool schema = !inputs.json_schema.empty();
    forms_.emplace_back(params, params.parser, schema);
    if (!json.empty()) {
        forms_.emplace_back(params, json, schema);
    }
    if (inputs.continue_final_message != COMMON_CHAT_CONTINUATION_NONE) {
        common_json known = common_json::array();
        parse(false, known);
        begin_ = message_;
        start_again();
    }
}

void chat_parser::start_again() {
    text_.clear();
    parsed_  = 0;
    form_    = 0;
    message_ = begin_;
    growing_ = growing::unknown;
}

bool chat_parser::has_end(std::string_view piece) const {
    return std::any_of(piece.begin(), piece.end(), [&](char c) { return forms_[form_].ends[(unsigned char) c]; });
}

// The piece continues the text if none of its bytes can begin what ends a text. The parser may take white space off its end.
bool chat_parser::changes_nothing(std::string_view piece) const {
    return growing_ != growing::unknown && !std::isspace((unsigned char) piece.back()) && !has_end(piece);
}

// Whether what was unread is text to its end: nothing that may become the end of the text is held back.
bool chat_parser::grew(const std::string & before, const std::string & now, const std::string & unread) const {
    return !unread.empty() && now.size() >= before.size() + unread.size() &&
           now.compare(now.size() - unread.size(), unread.size(), unread) == 0 &&
           !has_end(std::string_view(text_).substr(text_.size() - std::min(text_.size(), forms_[form_].longest)));
}

chat_parser::kind chat_parser::accept(std::string_view piece, bool last, common_json & news) {
    text_ += piece;
    if (!last && piece.empty()) {
        return kind::nothing;
    }
    if (!last && parsed_ + piece.size() == text_.size() && changes_nothing(piece)) {
        const bool thinks = growing_ == growing::thinking;
        (thinks ? message_.reasoning_content : message_.content) += piece;
        parsed_ = text_.size();
        return thinks ? kind::thinking : kind::text;
    }
    const size_t unread = text_.size() - parsed_;
    if (!last && unread * share < text_.size()) {
        return kind::nothing;
    }
    const bool found = parse(last, news);
    if (last) {
        start_again();
    }
    return found ? kind::several : kind::nothing;
}

// What no format knows is text: what follows all that was reported.
std::string chat_parser::rest() const {
    if (!message_.tool_calls.empty()) {
        return "";
    }
    size_t end = 0;
    for (const auto member : {&common_chat_msg::reasoning_content, &common_chat_msg::content}) {
        const std::string reported = (message_.*member).substr((begin_.*member).size());
        const size_t      at       = text_.find(reported, end);
        if (at == std::string::npos) {
            return "";
        }
        end = reported.empty() ? end : at + reported.size();
    }
    const std::string left = text_.substr(end);
    return is_blank(left) ? "" : left;
}

// Whether there is text in the answer. Nothing: it does not obey the form.
std::optional<bool> chat_parser::has_text(const form & form) const {
    try {
        return !is_blank(common_chat_parse(text_, false, form.parameters).content);
    } catch (const std::runtime_error &) {
        return std::nullopt;
    }
}

// Whether the answer, which may be calls or JSON, is JSON: before calls there is no text.
bool chat_parser::is_json() const {
    const std::optional<bool> text = has_text(forms_[0]);
    return text.has_value() ? *text : has_text(forms_[1]).value_or(false);
}

bool chat_parser::parse(bool last, common_json & news) {
    const std::string unread = text_.substr(parsed_);
    parsed_                  = text_.size();
    growing_                 = growing::unknown;
    common_chat_msg message = message_;
    std::vector<common_chat_msg_diff> changes;
    bool known = true;
    try {
        if (form_ + 1 < forms_.size() && message_.tool_calls.empty() && is_json()) {
            form_++;
        }
        const common_chat_parser_params & parameters = forms_[form_].parameters;
        try {
            message = common_chat_parse(text_, !last, parameters);
        } catch (const std::runtime_error &) {
            known   = false;
            message = common_chat_parse(text_, true, parameters);
        }
        if (form_ + 1 < forms_.size()) {
            message.content = message_.content;  // white space around a call, or before JSON
        }
        changes = common_chat_msg_diff::compute_diffs(message_, message);
    } catch (const limit_exceeded &) {
        return false;
    } catch (const std::runtime_error &) {
        known   = false;  // what was reported stays
        message = message_;
    }
    for (const common_chat_msg_diff & change : changes) {
        const common_chat_tool_call & call = change.tool_call_delta;
        if (!change.reasoning_content_delta.empty()) {
            news.push_back({{"thinking", change.reasoning_content_delta}});
        }
        if (!change.content_delta.empty()) {
            news.push_back({{"text", change.content_delta}});
        }
        if (change.tool_call_index != std::string::npos) {
            news.push_back({
                    {"call", change.tool_call_index}, {"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
        }
    }
    if (message.tool_calls.empty()) {
        if (grew(message_.content, message.content, unread)) {
            growing_ = growing::text;
        } else if (message.content.empty() && grew(message_.reasoning_content, message.reasoning_content, unread)) {
            growing_ = growing::thinking;
        }
    }
    keep_longer(message.content, message_.content);
    keep_longer(message.reasoning_content, message_.reasoning_content);
    if (!message_.tool_calls.empty()) {
        const size_t last = message_.tool_calls.size() - 1;
        keep_longer(message.tool_calls[last].arguments, message_.tool_calls[last].arguments);
    }
    message_ = std::move(message);
    if (last && !known) {
        const std::string text = rest();
        if (!text.empty()) {
            news.push_back({{"text", text}});
        }
    }
    return !news.empty();
}

}  // namespace ls
