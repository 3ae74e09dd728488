#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "poll.h"

namespace holdfast {
namespace {

// The time of a clock in microseconds.
int64_t Micros(clockid_t clock = CLOCK_MONOTONIC) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000000 + now.tv_nsec / 1000;
}

// One CLOCK_MONOTONIC timer descriptor with absolute expiry.
class Timer : public Napi::ObjectWrap<Timer>, public Releasable {
 public:
  explicit Timer(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Timer>(info), data_(DataOf(info.Env())) {
    data_->live.insert(this);
  }
  ~Timer() override {
    Release();
    data_->live.erase(this);
  }

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Timer",
                       {InstanceMethod<&Timer::Open>("open"), InstanceMethod<&Timer::Arm>("arm"),
                        InstanceMethod<&Timer::Close>("close")});
  }

  void Release() override {
    if (descriptor_ < 0) return;
    poll_.reset();
    close(descriptor_);
    descriptor_ = -1;
    callback_.Reset();
    Unref();
  }

 private:
  // open(callback): 0 or -errno
  Napi::Value Open(const Napi::CallbackInfo& info) {
    if (descriptor_ >= 0) return Result(info.Env(), -EALREADY);
    const int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (descriptor < 0) return ResultOrErrno(info.Env(), -1);
    poll_ = std::make_unique<Poll>(*data_, OnReady, this);
    const int result = poll_->Start(descriptor, UV_READABLE);
    if (result != 0) {
      poll_.reset();
      close(descriptor);
      return Result(info.Env(), result);
    }
    descriptor_ = descriptor;
    callback_ = Napi::Persistent(info[0].As<Napi::Function>());
    Ref();
    poll_->Reference(false);
    return Result(info.Env(), 0);
  }

  // arm(micros, lead): absolute; negative disarms. Wakes `lead` early and waits for the moment. An armed timer keeps the
  // process alive.
  Napi::Value Arm(const Napi::CallbackInfo& info) {
    if (descriptor_ < 0) return Result(info.Env(), -EBADF);
    due_ = info[0].As<Napi::Number>().DoubleValue();
    const double micros = due_ < 0 ? due_ : std::max(0.0, due_ - info[1].As<Napi::Number>().DoubleValue());
    itimerspec when = {};
    if (micros >= 0) {
      const double seconds = std::floor(micros / 1e6);
      when.it_value.tv_sec = static_cast<time_t>(seconds);
      when.it_value.tv_nsec = static_cast<long>((micros - seconds * 1e6) * 1e3);
      if (when.it_value.tv_sec == 0 && when.it_value.tv_nsec == 0) when.it_value.tv_nsec = 1;  // zero would disarm
    }
    poll_->Reference(micros >= 0);
    return ResultOrErrno(info.Env(), timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &when, nullptr));
  }

  void Close(const Napi::CallbackInfo&) { Release(); }

  static void OnReady(void* argument, int) {
    auto* self = static_cast<Timer*>(argument);
    uint64_t expirations = 0;
    // EAGAIN: re-armed between expiry and now, so nothing is due.
    if (read(self->descriptor_, &expirations, sizeof expirations) != sizeof expirations) return;
    self->poll_->Reference(false);
    while (Micros() < self->due_) {
    }
    CallBack(self->Env(), self->callback_, 0);
  }

  std::shared_ptr<AddonData> data_;
  std::unique_ptr<Poll> poll_;
  int descriptor_ = -1;
  double due_ = 0;
  Napi::FunctionReference callback_;
};

Napi::Value MonotonicMicros(const Napi::CallbackInfo& info) {
  return Result(info.Env(), Micros());
}

Napi::Value RealtimeMicros(const Napi::CallbackInfo& info) {
  return Result(info.Env(), Micros(CLOCK_REALTIME));
}

}  // namespace

void InitTimer(Napi::Env env, Napi::Object exports) {
  exports.Set("Timer", Timer::Define(env));
  exports.Set("monotonicMicros", Napi::Function::New<MonotonicMicros>(env));
  exports.Set("realtimeMicros", Napi::Function::New<RealtimeMicros>(env));
}

}  // namespace holdfast
