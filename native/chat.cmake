# Adds to libllamastream what chat needs of llama.cpp's common library: Jinja, chat formats and their parsers, JSON schema to
# grammar. It is compiled from a copy with fixes/common.patch, without the rest of common, which downloads, logs on a thread and
# more.

set(chat_dir ${CMAKE_BINARY_DIR}/chat)
set(chat_patch ${CMAKE_CURRENT_LIST_DIR}/fixes/common.patch)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${chat_patch})

set(chat_new ${chat_dir}.new)
file(REMOVE_RECURSE ${chat_new})
file(COPY ${LLAMA_CPP_DIR}/common/ DESTINATION ${chat_new} FILES_MATCHING PATTERN "*.h" PATTERN "*.cpp")
file(COPY ${LLAMA_CPP_DIR}/vendor/nlohmann DESTINATION ${chat_new})
apply_patch(${chat_new} ${chat_patch})
file(GLOB_RECURSE chat_files RELATIVE ${chat_new} ${chat_new}/*)
foreach(file IN LISTS chat_files)
    configure_file(${chat_new}/${file} ${chat_dir}/${file} COPYONLY)  # what is the same is not compiled again
endforeach()
file(REMOVE_RECURSE ${chat_new})

file(GLOB chat_parsers ${chat_dir}/parsers/*.cpp)
set(chat_sources chat.cpp chat-auto-parser-generator.cpp chat-auto-parser-helpers.cpp chat-diff-analyzer.cpp chat-peg-parser.cpp
    json.cpp json-schema.cpp json-schema-to-grammar.cpp peg-parser.cpp reasoning-budget.cpp trie.cpp unicode.cpp
    jinja/caps.cpp jinja/lexer.cpp jinja/parser.cpp jinja/runtime.cpp jinja/string.cpp jinja/value.cpp)
list(TRANSFORM chat_sources PREPEND ${chat_dir}/)

add_library(llamastream-chat OBJECT ${chat_sources} ${chat_parsers})
target_include_directories(llamastream-chat PUBLIC ${chat_dir} ${LLAMA_CPP_DIR}/vendor PRIVATE ${CMAKE_CURRENT_LIST_DIR}/shim)
target_link_libraries(llamastream-chat PRIVATE llama ggml)
set_target_properties(llamastream-chat PROPERTIES
    CXX_STANDARD 17
    CXX_STANDARD_REQUIRED ON
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
# Strings and streams must allocate by this library's operator new, which limits what a template may use: see call_limits.cpp.
target_compile_definitions(llamastream-chat PRIVATE _LIBCPP_DISABLE_EXTERN_TEMPLATE)
if(NOT MSVC)
    # -O1 takes half as long to compile as -O3; what runs for each request is worth more
    target_compile_options(llamastream-chat PRIVATE -w -O1 -include ${CMAKE_CURRENT_LIST_DIR}/shim/chat_strings.h)
    set_source_files_properties(${chat_dir}/json.cpp ${chat_dir}/peg-parser.cpp ${chat_dir}/jinja/runtime.cpp
        ${chat_dir}/jinja/string.cpp ${chat_dir}/jinja/value.cpp PROPERTIES COMPILE_OPTIONS -O2)
endif()
