#include "chat_parser.h"

#include <cctype>
#include <exception>
#include <variant>

#include "limits.h"

namespace ls {

namespace {

// A text is read again after it has grown by this part of itself, if nothing is known about what it means.
constexpr size_t share = 256;

// Grows only where the text does.
bool ends_with(const std::string & whole, std::string_view end) {
    return whole.size() >= end.size() && whole.compare(whole.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

chat_parser::chat_parser(const common_chat_params & params, const common_chat_templates_inputs & inputs) :
    parameters_(params) {
    const bool schema            = !inputs.json_schema.empty();
    parameters_.reasoning_format = COMMON_REASONING_FORMAT_AUTO;
    if (!params.parser.empty()) {
        parameters_.parser.load(params.parser);
    }
    const auto add = [&](const std::string & text) {
        if (!text.empty()) {
            ends_[(unsigned char) text.front()] = true;
        }
    };
    for (common_peg_parser_id id = 0; id < parameters_.parser.size(); id++) {
        const auto & part = parameters_.parser.get(id);
        if (const auto * until = std::get_if<common_peg_until_parser>(&part)) {
            for (const std::string & delimiter : until->delimiters) {
                add(delimiter);
            }
        } else if (const auto * literal = std::get_if<common_peg_literal_parser>(&part); literal && schema) {
            add(literal->literal);
        }
    }
    for (const char c : {'"', '}', ']'}) {
        ends_[(unsigned char) c] = ends_[(unsigned char) c] || schema;
    }
    if (inputs.continue_final_message != COMMON_CHAT_CONTINUATION_NONE) {
        common_json known = common_json::array();
        parse(false, known);
    }
}

// A text goes on if no byte of the piece can begin what ends it. White space at its end may be taken off.
bool chat_parser::changes_nothing(std::string_view piece) const {
    if (growing_ == growing::unknown || std::isspace((unsigned char) piece.back())) {
        return false;
    }
    for (const char c : piece) {
        if (ends_[(unsigned char) c]) {
            return false;
        }
    }
    return true;
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
    return parse(last, news) ? kind::several : kind::nothing;
}

bool chat_parser::parse(bool last, common_json & news) {
    const std::string unread = text_.substr(parsed_);
    parsed_                  = text_.size();
    growing_                 = growing::unknown;
    common_chat_msg message;
    std::vector<common_chat_msg_diff> changes;
    try {
        try {
            message = common_chat_parse(text_, !last, parameters_);
        } catch (const std::runtime_error &) {
            if (!last) {
                return false;
            }
            message = common_chat_parse(text_, true, parameters_);  // was cut off
        }
        changes = common_chat_msg_diff::compute_diffs(message_, message);
    } catch (const limit_exceeded &) {
        return false;
    } catch (const std::runtime_error &) {
        return false;  // what was reported stays
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
    if (message.tool_calls.empty() && !unread.empty()) {
        if (ends_with(message.content, unread)) {
            growing_ = growing::text;
        } else if (message.content.empty() && ends_with(message.reasoning_content, unread)) {
            growing_ = growing::thinking;
        }
    }
    message_ = std::move(message);
    return !news.empty();
}

}  // namespace ls
