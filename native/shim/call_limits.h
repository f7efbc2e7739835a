// Limits for code that obeys a text from outside, such as a chat template.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>

namespace ls {

// Thrown by an allocation when a limit is passed.
class limit_exceeded : public std::exception {
  public:
    explicit limit_exceeded(const char * message) : message_(message) {}
    const char * what() const noexcept override { return message_; }

  private:
    const char * message_;
};

// While it exists, what this thread allocates in this library is counted, and each allocation looks at the clock and at the
// depth of the stack. Code that neither allocates nor ends passes unseen. Nothing is thrown while an exception is on its way:
// destructors may allocate.
class limits {
  public:
    // nanos: how long from now. bytes: how much may be allocated, freed or not. stack: how far the stack may grow from here.
    limits(int64_t nanos, size_t bytes, size_t stack);
    ~limits();
    limits(const limits &) = delete;

    // Which limit was passed; NULL if none was. An exception may have been caught and replaced on its way.
    const char * exceeded() const { return exceeded_; }

    // How much has been allocated.
    size_t allocated() const { return allocated_; }

    // Called for each allocation, and where code runs on without one.
    static void count(size_t bytes);

    // While it exists, nothing is checked on this thread.
    class pause {
      public:
        pause();
        ~pause();
        pause(const pause &) = delete;

      private:
        limits * paused_;
    };

  private:
    void check(size_t bytes);

    limits *     outer_;
    int64_t      deadline_;
    size_t       bytes_;
    const char * lowest_;
    size_t       allocated_   = 0;
    uint32_t     allocations_ = 0;
    const char * exceeded_    = nullptr;
};

}  // namespace ls
