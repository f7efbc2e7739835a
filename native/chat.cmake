# Adds to libllamastream what chat needs of llama.cpp's common library: Jinja, chat formats and their parsers, JSON schema to
# grammar. It is compiled from a copy with a few changes, without the rest of common, which downloads, logs on a thread and more.

set(chat_dir ${CMAKE_BINARY_DIR}/chat)
set(chat_changed chat.cpp chat-auto-parser-generator.cpp jinja/parser.cpp jinja/runtime.cpp jinja/runtime.h jinja/string.cpp
    jinja/value.cpp jinja/value.h peg-parser.cpp)

file(GLOB_RECURSE chat_files RELATIVE ${LLAMA_CPP_DIR}/common ${LLAMA_CPP_DIR}/common/*.h ${LLAMA_CPP_DIR}/common/*.cpp)
list(REMOVE_ITEM chat_files ${chat_changed})
foreach(file IN LISTS chat_files)
    configure_file(${LLAMA_CPP_DIR}/common/${file} ${chat_dir}/${file} COPYONLY)
endforeach()

# Copies <file> with replacements: pairs of an old text, which must be there exactly once, and the new one.
function(copy_changed file)
    set(from ${LLAMA_CPP_DIR}/common/${file})
    if(NOT EXISTS ${from})
        set(from ${LLAMA_CPP_DIR}/vendor/${file})
    endif()
    file(READ ${from} text)
    math(EXPR last "${ARGC} - 1")
    foreach(i RANGE 1 ${last} 2)
        math(EXPR j "${i} + 1")
        set(old "${ARGV${i}}")  # no list: the texts have semicolons
        set(new "${ARGV${j}}")
        string(FIND "${text}" "${old}" first)
        string(FIND "${text}" "${old}" second REVERSE)
        if(first EQUAL -1 OR NOT first EQUAL second)
            message(FATAL_ERROR "${from} of this llama.cpp does not have this text exactly once: ${old}")
        endif()
        string(REPLACE "${old}" "${new}" text "${text}")
    endforeach()
    set(before "")
    if(EXISTS ${chat_dir}/${file})
        file(READ ${chat_dir}/${file} before)
    endif()
    if(NOT before STREQUAL text)  # a file that is written again is compiled again
        file(WRITE ${chat_dir}/${file} "${text}")
    endif()
endfunction()

# The time is the request's, and localtime's one static buffer is not for several threads. builtins: these copied a map of
# functions for each name and each filter.
#
# A template is a program from outside. chat_step() where it runs in circles or deeper without allocating; nodes of trees are
# deleted one by one; no search takes the square of the length; no loop reads a list that has become shorter; sorting stays in
# its array however elements compare; nothing is divided by 0.
copy_changed(jinja/runtime.h
    "#include <ctime>" "#include \"chat_hooks.h\"\n#include <ctime>"
    "std::time(nullptr)" "ls::chat_now()"
    "using statement_ptr = std::unique_ptr<statement>;" "using statement_ptr = std::unique_ptr<statement, ls::chat_deleter<statement>>;"
    "size_t pos; // position in source, for debugging" "size_t pos; statement * deleted_before = nullptr;")
copy_changed(jinja/parser.cpp
    "const token & next() {" "const token & next() { ls::chat_step();")
copy_changed(jinja/runtime.cpp
    "auto builtins = global_builtins()" "const auto & builtins = global_builtins()"
    "auto builtins = input->get_builtins()" "const auto & builtins = input->get_builtins()"
    "value statement::execute(context & ctx) const {" "value statement::execute(context & ctx) const { ls::chat_step();"
    "for (int64_t i = 0; i < repeat; ++i) {" "for (int64_t i = 0; i < repeat; ++i) { ls::chat_step();"
    "auto & c_arr = items[i]->as_array();"
    "auto & c_arr = items[i]->as_array(); if (c_arr.size() != tuple->val.size()) throw std::runtime_error(\"the list changed\");")
copy_changed(jinja/string.cpp
    "parts[i].val = strip_part(parts[i].val, true, false, chars);
            if (parts[i].val.empty()) {
                // remove empty part
                parts.erase(parts.begin() + i);
                --i;
                continue;
            } else {
                break;
            }
        }"
    "parts[i].val = strip_part(parts[i].val, true, false, chars);
            if (!parts[i].val.empty()) {
                parts.erase(parts.begin(), parts.begin() + i);
                break;
            }
        }
        if (parts.back().val.empty()) {
            parts.clear();
        }")
copy_changed(jinja/value.h
    "#include \"utils.h\"" "#include \"utils.h\"\n#include \"chat_hooks.h\""
    "return std::make_shared<PointeeType>(std::forward<Args>(args)...);"
    "return std::shared_ptr<PointeeType>(new PointeeType(std::forward<Args>(args)...), ls::chat_deleter<value_t>());"
    "    int64_t val_int;\n    double val_flt;" "    value_t * deleted_before = nullptr;\n    int64_t val_int;\n    double val_flt;"
    "virtual hasher unique_hash() const noexcept = 0;" "virtual hasher unique_hash() const = 0;"
    "size_t operator()(const value & val) const noexcept {" "size_t operator()(const value & val) const {"
    "virtual hasher unique_hash() const noexcept override {
        auto hash = hasher(typeid(*this));
        for (const auto & val : val_arr) {"
    "virtual hasher unique_hash() const override {
        ls::chat_step();
        auto hash = hasher(typeid(*this));
        for (const auto & val : val_arr) {"
    "virtual hasher unique_hash() const noexcept override {
        auto hash = hasher(typeid(*this));
        for (const auto & [key, val] : val_obj) {"
    "virtual hasher unique_hash() const override {
        ls::chat_step();
        auto hash = hasher(typeid(*this));
        for (const auto & [key, val] : val_obj) {"
    "virtual hasher unique_hash() const noexcept override {
        const auto type_hash = typeid(*this).hash_code();
        auto hash = val->unique_hash();"
    "virtual hasher unique_hash() const override {
        ls::chat_step();
        const auto type_hash = typeid(*this).hash_code();
        auto hash = val->unique_hash();"
    "virtual bool is_hashable() const override {
        if (std::all_of(val_arr.begin()"
    "virtual bool is_hashable() const override {
        ls::chat_step();
        if (std::all_of(val_arr.begin()"
    "virtual bool is_hashable() const override {
        if (std::all_of(val_obj.begin()"
    "virtual bool is_hashable() const override {
        ls::chat_step();
        if (std::all_of(val_obj.begin()")
copy_changed(jinja/value.cpp
    "std::localtime(" "ls::chat_localtime("
    "bool res = args.get_pos(0)->val_int % args.get_pos(1)->val_int == 0;"
    "const int64_t divisor = args.get_pos(1)->val_int;
            if (divisor == 0) { throw raised_exception(\"divisibleby: division by zero\"); }
            bool res = divisor == -1 || args.get_pos(0)->val_int % divisor == 0;"
    "std::sort(arr.begin()" "std::stable_sort(arr.begin()"
    "std::sort(result->val_obj.begin()" "std::stable_sort(result->val_obj.begin()"
    "haystack->as_string().str().find(needle->as_string().str())"
    "ls::chat_find(haystack->as_string().str(), needle->as_string().str())"
    "str.find(delim)" "ls::chat_find(str, delim)"
    "str.rfind(delim)" "ls::chat_rfind(str, delim)"
    "str.find(old_str, pos)" "ls::chat_find(str, old_str, pos)"
    "static void value_to_json_internal(std::ostringstream & oss, const value & val, int curr_lvl, int indent, const std::string_view item_sep, const std::string_view key_sep) {"
    "static void value_to_json_internal(std::ostringstream & oss, const value & val, int curr_lvl, int indent, const std::string_view item_sep, const std::string_view key_sep) { ls::chat_step();"
    "std::string value_to_string_repr(const value & val) {" "std::string value_to_string_repr(const value & val) { ls::chat_step();"
    "void value_t::stats_t::mark_used(value & val, bool deep) {"
    "void value_t::stats_t::mark_used(value & val, bool deep) { ls::chat_step();")
# This destructor allocates, and a destructor must not throw.
copy_changed(nlohmann/json.hpp
    "#include <algorithm> // all_of, find, for_each" "#include \"limits.h\"\n#include <algorithm> // all_of, find, for_each"
    "        {\n            m_value.destroy(m_type);\n        }" "        {\n            ls::limits::pause pause;\n            m_value.destroy(m_type);\n        }")
# What a template is like is found by some fifty renderings: once for each template instead of for each request.
copy_changed(chat.cpp
    "std::localtime(" "ls::chat_localtime("
    "    std::chrono::system_clock::time_point now = std::chrono::system_clock::now()"
    "    const auto now = std::chrono::system_clock::from_time_t(ls::chat_now())"
    "struct autoparser::autoparser autoparser"
    "const struct autoparser::autoparser & autoparser = ls::chat_analysis(tmpl)"
    "autoparser.analyze_template(tmpl)" ""
    "throw e;" "throw;")  # keeps what is wrong with a template
# A model may answer with 100,000 brackets.
copy_changed(peg-parser.cpp
    "#include \"peg-parser.h\"" "#include \"peg-parser.h\"\n#include \"chat_hooks.h\""
    "common_peg_parse_result common_peg_arena::parse(common_peg_parser_id id, common_peg_parse_context & ctx, size_t start) const {"
    "common_peg_parse_result common_peg_arena::parse(common_peg_parser_id id, common_peg_parse_context & ctx, size_t start) const { ls::chat_step();")
# The prompt was rendered already.
copy_changed(chat-auto-parser-generator.cpp
    "#include \"log.h\"" "#include \"log.h\"\n#include \"chat_hooks.h\""
    "common_chat_template_generation_prompt(tmpl, inputs)" "ls::chat_generation_prompt(tmpl, inputs, data.prompt)")

file(GLOB chat_parsers ${LLAMA_CPP_DIR}/common/parsers/*.cpp)
set(chat_sources chat.cpp chat-auto-parser-generator.cpp chat-auto-parser-helpers.cpp chat-diff-analyzer.cpp chat-peg-parser.cpp
    json.cpp json-schema.cpp json-schema-to-grammar.cpp peg-parser.cpp reasoning-budget.cpp trie.cpp unicode.cpp
    jinja/caps.cpp jinja/lexer.cpp jinja/parser.cpp jinja/runtime.cpp jinja/string.cpp jinja/value.cpp)
foreach(file IN LISTS chat_parsers)
    file(RELATIVE_PATH file ${LLAMA_CPP_DIR}/common ${file})
    list(APPEND chat_sources ${file})
endforeach()
list(TRANSFORM chat_sources PREPEND ${chat_dir}/)

add_library(llamastream-chat OBJECT ${chat_sources})
target_include_directories(llamastream-chat PUBLIC ${chat_dir} ${LLAMA_CPP_DIR}/vendor PRIVATE ${CMAKE_CURRENT_LIST_DIR}/shim)
target_link_libraries(llamastream-chat PRIVATE llama ggml)
set_target_properties(llamastream-chat PROPERTIES
    CXX_STANDARD 17
    CXX_STANDARD_REQUIRED ON
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
# Strings and streams must allocate by this library's operator new, which limits what a template may use: see limits.cpp.
target_compile_definitions(llamastream-chat PRIVATE _LIBCPP_DISABLE_EXTERN_TEMPLATE)
if(NOT MSVC)
    # -O1 takes half as long to compile as -O3; what runs for each request is worth more
    target_compile_options(llamastream-chat PRIVATE -w -O1 -include ${CMAKE_CURRENT_LIST_DIR}/shim/chat_strings.h)
    set_source_files_properties(${chat_dir}/json.cpp ${chat_dir}/peg-parser.cpp ${chat_dir}/jinja/runtime.cpp
        ${chat_dir}/jinja/string.cpp ${chat_dir}/jinja/value.cpp PROPERTIES COMPILE_OPTIONS -O2)
endif()
