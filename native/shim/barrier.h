// The exception barrier: see llamastream.h.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "c_locale.h"
#include "llamastream.h"

namespace ls {

// Thrown for a failed GGML_ASSERT inside a barrier.
class assertion_failed : public std::exception {
  public:
    explicit assertion_failed(const char * message) : message_(message) {}
    const char * what() const noexcept override { return message_.c_str(); }

  private:
    std::string message_;
};

// Thrown when arguments are invalid and nothing has changed yet.
class refused : public std::exception {
  public:
    explicit refused(std::string message) : message_(std::move(message)) {}
    const char * what() const noexcept override { return message_.c_str(); }

  private:
    std::string message_;
};

// Writes a line to the log.
void log_line(int32_t level, const std::string & line);

// Marks this thread as inside a barrier, and gives it the locale "C". Holds back the warnings and errors that libllama logs
// meanwhile. They go to the log when the outermost barrier ends. If it fails, they go to the debug level, because the caller
// gets the error.
class barrier_scope {
  public:
    barrier_scope();
    ~barrier_scope();
    barrier_scope(const barrier_scope &) = delete;

    static bool        active();
    // Declares that warnings and errors in this barrier are expected or reported by other means. They go to the debug level.
    static void        expect_errors();
    // Holds back a warning or an error. Returns false outside of barriers.
    static bool        hold(int32_t level, const std::string & line);
    // The error lines held back so far, or the fallback if there are none.
    static std::string errors(const char * fallback);

  private:
    c_locale locale_;
    int      exceptions_;  // uncaught exceptions at the start
};

// Called from ggml_abort. Throws if a barrier can catch the exception. Otherwise it returns, and ggml ends the process. It
// also returns in the middle of a computation with worker threads. After an exception, they would wait forever at ggml's
// thread barrier, each using a whole core.
void throw_assertion(const char * message);

void report(ls_error * error, ls_error_kind kind, const char * message) noexcept;

// Returns freed memory to the operating system. Call this after freeing something large.
void trim_heap();

template <class R, class F> R barrier(ls_error * error, R failed, F && body) noexcept {
    try {
        barrier_scope scope;
        return body();
    } catch (const assertion_failed & e) {
        report(error, LS_ERROR_ASSERTION, e.what());
    } catch (const refused & e) {
        report(error, LS_ERROR_REFUSED, e.what());
    } catch (const std::bad_alloc &) {
        report(error, LS_ERROR_EXCEPTION, "out of memory (std::bad_alloc)");
    } catch (const std::exception & e) {
        report(error, LS_ERROR_EXCEPTION, e.what());
    } catch (...) {
        report(error, LS_ERROR_EXCEPTION, "an exception of unknown type");
    }
    return failed;
}

}  // namespace ls
