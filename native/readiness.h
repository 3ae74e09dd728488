#pragma once

#include <vector>

#include "poll.h"

namespace holdfast {

class Watcher;

// Readiness of any number of descriptors by one epoll descriptor, and one handle of the loop for it: a socket that is
// watched costs one system call, where a loop handle of its own costs five. One per environment.
class Readiness {
 public:
  // The environment's; made at the first call. Null when the kernel gives no descriptor: `error` is -errno then.
  static Readiness* Of(napi_env env, AddonData& data, int* error);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

 private:
  friend class Watcher;

  struct Slot {
    Watcher* watch = nullptr;
    uint32_t generation = 0;  // of those that had the slot: tells an event of an earlier one
  };

  Readiness(napi_env env, AddonData& data, int descriptor);
  static void OnReadable(void* argument, int events);
  void Dispatch();
  uint32_t Take(Watcher* watch);
  void Free(uint32_t slot);
  void CountActive(int more);

  napi_env env_;
  int descriptor_;
  Poll poll_;
  napi_async_context context_ = nullptr;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  int active_ = 0;
};

// Readiness of one descriptor. Does not own it: close the Watcher first, and the descriptor right after.
class Watcher {
 public:
  using Callback = void (*)(void* argument, int events);

  Watcher(Readiness& readiness, Callback callback, void* argument);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Events: UV_READABLE, UV_WRITABLE; an error of the descriptor counts as all of them. 0 pauses. Returns 0 or -errno.
  // One that is not paused keeps the process alive.
  int Start(int descriptor, int events);

 private:
  friend class Readiness;

  Readiness& readiness_;
  Callback callback_;
  void* argument_;
  uint32_t slot_;
  int events_ = 0;
};

}  // namespace holdfast
