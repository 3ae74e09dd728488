#include "readiness.h"

#include <sys/epoll.h>
#include <unistd.h>

namespace holdfast {
namespace {

// Events that one call fetches; what is left over is fetched by the next, as epoll is level-triggered.
constexpr int kBatch = 256;

uint32_t EpollEvents(int events) {
  return ((events & UV_READABLE) != 0 ? EPOLLIN : 0u) | ((events & UV_WRITABLE) != 0 ? EPOLLOUT : 0u);
}

int LoopEvents(uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return UV_READABLE | UV_WRITABLE;
  return ((events & EPOLLIN) != 0 ? UV_READABLE : 0) | ((events & EPOLLOUT) != 0 ? UV_WRITABLE : 0);
}

}  // namespace

Readiness* Readiness::Of(napi_env env, AddonData& data, int* error) {
  if (data.readiness) return data.readiness.get();
  const int descriptor = data.ending ? -1 : epoll_create1(EPOLL_CLOEXEC);
  *error = data.ending ? -ECANCELED : -errno;
  if (descriptor < 0) return nullptr;
  std::unique_ptr<Readiness> made(new Readiness(env, data, descriptor));
  *error = made->poll_.Start(descriptor, UV_READABLE);
  if (*error != 0) return nullptr;
  made->poll_.Reference(false);
  data.readiness = std::move(made);
  return data.readiness.get();
}

Readiness::Readiness(napi_env env, AddonData& data, int descriptor)
    : env_(env), descriptor_(descriptor), poll_(data, OnReadable, this) {
  napi_value name = nullptr;
  napi_create_string_utf8(env, "holdfast", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, nullptr, name, &context_);
}

Readiness::~Readiness() {
  poll_.Close();
  close(descriptor_);
  napi_async_destroy(env_, context_);
}

uint32_t Readiness::Take(Watcher* watch) {
  uint32_t slot = static_cast<uint32_t>(slots_.size());
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot].watch = watch;
  return slot;
}

void Readiness::Free(uint32_t slot) {
  slots_[slot].watch = nullptr;
  ++slots_[slot].generation;
  free_.push_back(slot);
}

void Readiness::CountActive(int more) {
  const bool before = active_ > 0;
  active_ += more;
  if (before != (active_ > 0)) poll_.Reference(active_ > 0);
}

void Readiness::OnReadable(void* argument, int) { static_cast<Readiness*>(argument)->Dispatch(); }

// All callbacks of a batch are one callback of the loop: what they leave to microtasks runs after them.
void Readiness::Dispatch() {
  epoll_event events[kBatch];
  const int count = epoll_wait(descriptor_, events, kBatch, 0);
  if (count <= 0) return;
  Napi::HandleScope handles(env_);
  napi_value resource = nullptr;
  napi_create_object(env_, &resource);
  napi_callback_scope scope = nullptr;
  napi_open_callback_scope(env_, resource, context_, &scope);
  for (int i = 0; i < count; ++i) {
    // A callback before this one may have closed the watch, given its slot to another, or changed what it waits for.
    const Slot& slot = slots_[static_cast<uint32_t>(events[i].data.u64)];
    if (slot.watch == nullptr || slot.generation != events[i].data.u64 >> 32) continue;
    const int ready = LoopEvents(events[i].events) & slot.watch->events_;
    if (ready != 0) slot.watch->callback_(slot.watch->argument_, ready);
  }
  napi_close_callback_scope(env_, scope);
}

Watcher::Watcher(Readiness& readiness, Callback callback, void* argument)
    : readiness_(readiness), callback_(callback), argument_(argument), slot_(readiness.Take(this)) {}

// The kernel forgets the descriptor when it is closed.
Watcher::~Watcher() {
  if (events_ != 0) readiness_.CountActive(-1);
  readiness_.Free(slot_);
}

int Watcher::Start(int descriptor, int events) {
  if (events == events_) return 0;
  // A descriptor with an error would be told of again and again, whatever is asked for: one that pauses is taken out.
  const int operation = events_ == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  epoll_event event = {};
  event.events = EpollEvents(events);
  event.data.u64 = static_cast<uint64_t>(readiness_.slots_[slot_].generation) << 32 | slot_;
  if (epoll_ctl(readiness_.descriptor_, operation, descriptor, &event) != 0) return -errno;
  if (events_ == 0) readiness_.CountActive(1);
  if (events == 0) readiness_.CountActive(-1);
  events_ = events;
  return 0;
}

}  // namespace holdfast
