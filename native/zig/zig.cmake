# zig(<directory>): installs zig, a C and C++ compiler for all platforms, into <directory>, with the commands cc, c++, ar and ranlib
# in <directory>/<target>/ for each target. They have the same bytes in every clone, so that clones share what ccache knows.

set(zig_files ${CMAKE_CURRENT_LIST_DIR})

# zig's own name of a platform. The number is the oldest glibc on which the libraries load.
set(zig_target_linux-x86_64 x86_64-linux-gnu.2.28)
set(zig_target_linux-aarch64 aarch64-linux-gnu.2.28)
set(zig_target_linux-x86_64-musl x86_64-linux-musl)
set(zig_target_linux-aarch64-musl aarch64-linux-musl)
set(zig_target_windows-x86_64 x86_64-windows-gnu)

set(zig_platforms "linux-x86_64, linux-aarch64, linux-x86_64-musl, linux-aarch64-musl, windows-x86_64")

function(zig directory)
    file(STRINGS ${zig_files}/requirements.txt version REGEX "^ziglang==")
    string(REGEX REPLACE "^ziglang==([^ ]+).*" "\\1" version "${version}")
    if(NOT EXISTS ${directory}/${version})
        find_program(PYTHON NAMES python3 python)
        if(NOT PYTHON)
            message(FATAL_ERROR "A build for another platform needs Python 3 with pip, which brings zig ${version}")
        endif()
        message(STATUS "Installing zig ${version}")
        file(REMOVE_RECURSE ${directory})
        execute_process(COMMAND ${PYTHON} -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all:
            --require-hashes --target ${directory} --requirement ${zig_files}/requirements.txt
            RESULT_VARIABLE status ERROR_VARIABLE problem)
        if(NOT status STREQUAL "0")
            message(FATAL_ERROR "pip cannot install zig ${version}: ${problem}")
        endif()
        compare_types_by_name(${directory}/ziglang/lib/libcxx/include/typeinfo)
        file(WRITE ${directory}/${version} "")
    endif()
    string(REPLACE ", " ";" platforms "${zig_platforms}")
    foreach(platform IN LISTS platforms)
        set(target ${zig_target_${platform}})
        foreach(tool cc c++)
            configure_file(${zig_files}/compiler.sh.in ${directory}/${platform}/${tool} @ONLY)
        endforeach()
        foreach(tool ar ranlib rc)
            configure_file(${zig_files}/tool.sh.in ${directory}/${platform}/${tool} @ONLY)
        endforeach()
    endforeach()
endfunction()

# Each library has a C++ runtime of its own, and so a type_info of its own for std::out_of_range, say. By default, two types on Linux
# are the same if their type_infos have the same address: what one library throws, another could not catch by its type. libc++abi
# is compiled from this header too.
function(compare_types_by_name typeinfo)
    file(READ ${typeinfo} text)
    string(REPLACE "_LIBCPP_TYPEINFO_COMPARISON_IMPLEMENTATION 1\n" "_LIBCPP_TYPEINFO_COMPARISON_IMPLEMENTATION 2\n" changed "${text}")
    if(changed STREQUAL text)
        message(FATAL_ERROR "${typeinfo} is not what zig.cmake expects")
    endif()
    file(WRITE ${typeinfo} "${changed}")
endfunction()
