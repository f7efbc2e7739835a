// The exception barrier: see llamastream.h.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "llamastream.h"

namespace ls {

// What a failed GGML_ASSERT becomes inside a barrier.
class assertion_failed : public std::exception {
  public:
    explicit assertion_failed(const char * message) : message_(message) {}
    const char * what() const noexcept override { return message_.c_str(); }

  private:
    std::string message_;
};

// The arguments were refused before anything changed.
class refused : public std::exception {
  public:
    explicit refused(std::string message) : message_(std::move(message)) {}
    const char * what() const noexcept override { return message_.c_str(); }

  private:
    std::string message_;
};

// Passes a line on to the log.
void log_line(int32_t level, const std::string & line);

// Marks this thread as inside a barrier and holds back the warnings and errors that libllama logs meanwhile. They go to the log
// when the outermost barrier ends: at the debug level if it fails, since whoever called is told then.
class barrier_scope {
  public:
    barrier_scope();
    ~barrier_scope();
    barrier_scope(const barrier_scope &) = delete;

    static bool        active();
    // From here on graphs are computed by so many threads, this one among them.
    static void        computing_with(int32_t threads);
    // What is logged as a warning or error in this barrier was asked for, or is told otherwise: it goes to the debug level.
    static void        expect_errors();
    // Takes a warning or an error; false outside of barriers.
    static bool        hold(int32_t level, const std::string & line);
    // The error lines held so far, or the fallback when there are none.
    static std::string errors(const char * fallback);

  private:
    int exceptions_;  // under way when it began
};

// From inside ggml_abort: throws where a barrier can catch it, returns elsewhere, and ggml ends the process. In the middle
// of a computation with workers it returns: they would wait for this thread at a barrier for good, each burning a core.
void throw_assertion(const char * message);

void report(ls_error * error, ls_error_kind kind, const char * message) noexcept;

// Gives freed memory back to the system; to be called after something large was freed.
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
