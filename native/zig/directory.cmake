# Installs zig, if it is not there, and prints its directory.
cmake_minimum_required(VERSION 3.19)
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)
zig(directory)
execute_process(COMMAND ${CMAKE_COMMAND} -E echo ${directory})
