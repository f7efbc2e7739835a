# Adds to libllamastream what chat needs of llama.cpp's common library: Jinja, chat formats and their parsers, JSON schema to
# grammar. It is compiled from a copy with a few changes, without the rest of common, which downloads, logs on a thread and more.

set(chat_dir ${CMAKE_BINARY_DIR}/chat)
set(chat_changed chat.cpp chat-auto-parser-generator.cpp json-schema.cpp json-schema-to-grammar.cpp
    jinja/runtime.cpp jinja/runtime.h jinja/value.cpp)

file(GLOB_RECURSE chat_files RELATIVE ${LLAMA_CPP_DIR}/common ${LLAMA_CPP_DIR}/common/*.h ${LLAMA_CPP_DIR}/common/*.cpp)
list(REMOVE_ITEM chat_files ${chat_changed})
foreach(file IN LISTS chat_files)
    configure_file(${LLAMA_CPP_DIR}/common/${file} ${chat_dir}/${file} COPYONLY)
endforeach()

# Copies <file> with replacements: pairs of an old text, which must be there exactly once, and the new one.
function(copy_changed file)
    file(READ ${LLAMA_CPP_DIR}/common/${file} text)
    list(LENGTH ARGN n)
    math(EXPR last "${n} - 1")
    foreach(i RANGE 0 ${last} 2)
        math(EXPR j "${i} + 1")
        list(GET ARGN ${i} old)
        list(GET ARGN ${j} new)
        string(FIND "${text}" "${old}" first)
        string(FIND "${text}" "${old}" second REVERSE)
        if(first EQUAL -1 OR NOT first EQUAL second)
            message(FATAL_ERROR "common/${file} of this llama.cpp does not have this text exactly once: ${old}")
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

# The time is the request's, and localtime's one static buffer is not for several threads.
copy_changed(jinja/runtime.h
    "#include <ctime>" "#include \"chat_hooks.h\"\n#include <ctime>"
    "std::time(nullptr)" "ls::chat_now()")
copy_changed(jinja/value.cpp
    "std::localtime(" "ls::chat_localtime(")
# These copied a map of functions for each name and each filter.
copy_changed(jinja/runtime.cpp
    "auto builtins = global_builtins()" "const auto & builtins = global_builtins()"
    "auto builtins = input->get_builtins()" "const auto & builtins = input->get_builtins()")
# What a template is like is found by some fifty renderings: once for each template instead of for each request.
copy_changed(chat.cpp
    "std::localtime(" "ls::chat_localtime("
    "    std::chrono::system_clock::time_point now = std::chrono::system_clock::now()"
    "    const auto now = std::chrono::system_clock::from_time_t(ls::chat_now())"
    "struct autoparser::autoparser autoparser"
    "const struct autoparser::autoparser & autoparser = ls::chat_analysis(tmpl)"
    "autoparser.analyze_template(tmpl)" "")

# The prompt was rendered already.
copy_changed(chat-auto-parser-generator.cpp
    "#include \"log.h\"" "#include \"log.h\"\n#include \"chat_hooks.h\""
    "common_chat_template_generation_prompt(tmpl, inputs)" "ls::chat_generation_prompt(tmpl, inputs, data.prompt)")

# A reference to the whole schema; limits beyond 64 bits.
copy_changed(json-schema.cpp
    "ref.compare(0, 2, \"#/\") != 0" "ref != \"#\" && ref.compare(0, 2, \"#/\") != 0"
    "return value.get<int64_t>()"
    "return value.get<double>() >= 9.2e18 ? INT64_MAX : value.get<double>() <= -9.2e18 ? INT64_MIN : value.get<int64_t>()"
    "return (int64_t) (round_up ? std::ceil(d) : std::floor(d))"
    "return d >= 9.2e18 ? INT64_MAX : d <= -9.2e18 ? INT64_MIN : (int64_t) (round_up ? std::ceil(d) : std::floor(d))")
# With one limit of several digits, numbers beyond it passed, and ones with leading zeros.
# What a pattern matches is the content of a JSON string: see schema_patterns.cpp. Nothing is printed.
copy_changed(json-schema-to-grammar.cpp
    "#include \"unicode.h\"" "#include \"unicode.h\"\n#include \"schema_patterns.h\""
    "build_min_max_int(i.minimum, i.maximum, out)"
    "i.maximum == INT64_MAX && i.minimum > 9
                    ? (build_min_max_int(i.minimum, ls::nines(i.minimum), out), (void) (out << ls::longer(i.minimum)))
                : i.minimum == INT64_MIN && i.maximum < 0
                    ? ((void) (out << \"\\\"-\\\" (\"), build_min_max_int(-i.maximum, ls::nines(-i.maximum), out),
                       (void) (out << ls::longer(-i.maximum) << \")\"))
                    : build_min_max_int(i.minimum, i.maximum, out)"
    "std::string sub_pattern = pattern.substr(1, pattern.length() - 2)"
    "std::string sub_pattern = ls::plain_pattern(pattern.substr(1, pattern.length() - 2))"
    "rule = \"[^\\\\x0A\\\\x0D]\"" "rule = \"[^\\\"\\\\\\\\\\\\x00-\\\\x1F]\""
    "seq.emplace_back(square_brackets, false)" "seq.emplace_back(ls::json_class(square_brackets), false)"
    "literal += \"\\\\\\\"\"" "literal += ls::json_literal(\"\\\\\\\"\")"
    "literal += sub_pattern.substr(i, escape_length)" "literal += ls::json_literal(sub_pattern.substr(i, escape_length))"
    "fprintf(stderr, \"WARNING: JSON schema conversion was incomplete: %s\\n\", string_join("
    "[](const char *) {}(string_join(")

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
target_compile_definitions(llamastream-chat PRIVATE _GLIBCXX_EXTERN_TEMPLATE=0 _LIBCPP_DISABLE_EXTERN_TEMPLATE)
if(NOT MSVC)
    # -O1 takes half as long to compile as -O3; what runs for each request is worth more
    target_compile_options(llamastream-chat PRIVATE -w -O1)
    set_source_files_properties(${chat_dir}/json.cpp ${chat_dir}/peg-parser.cpp ${chat_dir}/jinja/runtime.cpp
        ${chat_dir}/jinja/string.cpp ${chat_dir}/jinja/value.cpp PROPERTIES COMPILE_OPTIONS -O2)
endif()
