# Compiles ggml's CPU backend, in all its variants, with fixes/ggml-cpu.patch: from a copy of one file.

set(ggml_patch ${CMAKE_CURRENT_LIST_DIR}/fixes/ggml-cpu.patch)
set(ggml_original ${LLAMA_CPP_DIR}/ggml/src/ggml-cpu/ggml-cpu.c)
set(ggml_new ${CMAKE_BINARY_DIR}/ggml.new)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ggml_patch} ${ggml_original})

file(REMOVE_RECURSE ${ggml_new})
file(COPY ${ggml_original} DESTINATION ${ggml_new})
apply_patch(${ggml_new} ${ggml_patch})
configure_file(${ggml_new}/ggml-cpu.c ${CMAKE_BINARY_DIR}/ggml/ggml-cpu.c COPYONLY)
file(REMOVE_RECURSE ${ggml_new})

# With AVX512-FP16, ggml's dot product of 16-bit floats handles what is left of 128 values one by one: all of an attention head of
# 64. Decode at a depth of 512 tokens took 3 times as long. Without it, steps are of 64 values, and sums of 32 bits.
include(CheckCCompilerFlag)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64" AND NOT MSVC)
    check_c_compiler_flag(-mno-avx512fp16 LS_HAS_NO_AVX512FP16)
endif()

set(patched FALSE)
get_property(ggml_targets DIRECTORY ${LLAMA_CPP_DIR}/ggml/src PROPERTY BUILDSYSTEM_TARGETS)
foreach(target IN LISTS ggml_targets)
    get_target_property(sources ${target} SOURCES)
    list(FIND sources ggml-cpu/ggml-cpu.c at)
    if(at GREATER_EQUAL 0)
        list(TRANSFORM sources REPLACE "^ggml-cpu/ggml-cpu[.]c$" ${CMAKE_BINARY_DIR}/ggml/ggml-cpu.c)
        set_target_properties(${target} PROPERTIES SOURCES "${sources}")
        target_include_directories(${target} PRIVATE ${LLAMA_CPP_DIR}/ggml/src/ggml-cpu ${CMAKE_CURRENT_LIST_DIR}/fixes)
        if(LS_HAS_NO_AVX512FP16)
            target_compile_options(${target} PRIVATE -mno-avx512fp16)
        endif()
        set(patched TRUE)
    endif()
endforeach()
if(NOT patched)
    message(FATAL_ERROR "this llama.cpp compiles no ggml-cpu/ggml-cpu.c: ${ggml_patch}")
endif()
