#pragma once

#include "addon.h"

namespace holdfast {

// Readiness of one descriptor on the environment's loop. Does not own the descriptor: close the Poll first.
class Poll {
 public:
  using Callback = void (*)(void* argument, int events);

  Poll(AddonData& data, Callback callback, void* argument) : data_(data), callback_(callback), argument_(argument) {}
  ~Poll() { Close(); }
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  // Events: UV_READABLE, UV_WRITABLE. 0 pauses. Returns 0 or -errno. A paused or unreferenced Poll does not keep the
  // process alive.
  int Start(int descriptor, int events);
  void Reference(bool on);
  void Close();

 private:
  static void OnReady(uv_poll_t* handle, int status, int events);
  static void OnClosed(uv_handle_t* handle);

  AddonData& data_;
  Callback callback_;
  void* argument_;
  uv_poll_t* handle_ = nullptr;
  int events_ = 0;
  bool referenced_ = true;
};

}  // namespace holdfast
