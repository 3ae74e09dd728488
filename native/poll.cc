#include "poll.h"

namespace holdfast {

int Poll::Start(int descriptor, int events) {
  if (handle_ == nullptr) {
    if (events == 0) return 0;
    auto* handle = new uv_poll_t;
    const int result = uv_poll_init(data_.loop, handle, descriptor);
    if (result != 0) {
      delete handle;
      return result;
    }
    handle->data = this;
    handle_ = handle;
    Reference(referenced_);
  }
  events_ = events;
  return events == 0 ? uv_poll_stop(handle_) : uv_poll_start(handle_, events, OnReady);
}

void Poll::Reference(bool on) {
  referenced_ = on;
  if (handle_ == nullptr) return;
  auto* handle = reinterpret_cast<uv_handle_t*>(handle_);
  if (on) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
}

void Poll::Close() {
  if (handle_ == nullptr) return;
  handle_->data = &data_;
  data_.HandleClosing();
  uv_close(reinterpret_cast<uv_handle_t*>(handle_), OnClosed);
  handle_ = nullptr;
}

void Poll::OnReady(uv_poll_t* handle, int status, int events) {
  auto* self = static_cast<Poll*>(handle->data);
  // libuv stops polling when the descriptor has a pending error (POLLERR: a refused connect, a netlink overrun).
  // The error is for the caller to fetch by its next receive or send, so polling goes on.
  if (status < 0) {
    events = self->events_;
    uv_poll_start(handle, events, OnReady);
  }
  self->callback_(self->argument_, events);  // may close and delete self
}

void Poll::OnClosed(uv_handle_t* handle) {
  auto* data = static_cast<AddonData*>(handle->data);
  delete reinterpret_cast<uv_poll_t*>(handle);
  data->HandleClosed();
}

}  // namespace holdfast
