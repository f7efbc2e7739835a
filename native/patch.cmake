# apply_patch(<directory> <patch>): changes the files in <directory>, or fails if the patch does not fit them.

find_package(Git REQUIRED)
function(apply_patch directory patch)
    execute_process(  # without a ceiling, git takes the paths for those of the repository around the build
        COMMAND ${CMAKE_COMMAND} -E env GIT_CEILING_DIRECTORIES=${CMAKE_BINARY_DIR} ${GIT_EXECUTABLE} apply ${patch}
        WORKING_DIRECTORY ${directory} RESULT_VARIABLE status ERROR_VARIABLE problem)
    if(NOT status STREQUAL "0")
        message(FATAL_ERROR "${patch} does not fit this llama.cpp: ${problem}")
    endif()
endfunction()
