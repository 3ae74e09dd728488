#include "addon.h"

namespace holdfast {
namespace {

// One signal number, delivered on the loop. libuv installs the handler, so Node's own subscriptions and its child
// handling live beside it; no signal is blocked, and exec gives a child the default disposition.
class Signal : public Napi::ObjectWrap<Signal>, public Releasable {
 public:
  explicit Signal(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Signal>(info), data_(DataOf(info.Env())) {
    data_->live.insert(this);
  }
  ~Signal() override {
    Release();
    data_->live.erase(this);
  }

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Signal",
                       {InstanceMethod<&Signal::Start>("start"), InstanceMethod<&Signal::Close>("close")});
  }

  void Release() override {
    if (handle_ == nullptr) return;
    handle_->data = data_.get();
    data_->HandleClosing();
    uv_close(reinterpret_cast<uv_handle_t*>(handle_), OnClosed);
    handle_ = nullptr;
    callback_.Reset();
    Unref();
  }

 private:
  // start(number, callback): 0 or -errno
  Napi::Value Start(const Napi::CallbackInfo& info) {
    if (handle_ != nullptr) return Result(info.Env(), -EALREADY);
    auto* handle = new uv_signal_t;
    int result = uv_signal_init(data_->loop, handle);
    if (result != 0) {
      delete handle;
      return Result(info.Env(), result);
    }
    result = uv_signal_start(handle, OnSignal, IntOf(info[0]));
    if (result != 0) {
      handle->data = data_.get();
      data_->HandleClosing();
      uv_close(reinterpret_cast<uv_handle_t*>(handle), OnClosed);
      return Result(info.Env(), result);
    }
    uv_unref(reinterpret_cast<uv_handle_t*>(handle));
    handle->data = this;
    handle_ = handle;
    callback_ = Napi::Persistent(info[1].As<Napi::Function>());
    Ref();
    return Result(info.Env(), 0);
  }

  void Close(const Napi::CallbackInfo&) { Release(); }

  static void OnSignal(uv_signal_t* handle, int number) {
    auto* self = static_cast<Signal*>(handle->data);
    CallBack(self->Env(), self->callback_, number);
  }

  static void OnClosed(uv_handle_t* handle) {
    auto* data = static_cast<AddonData*>(handle->data);
    delete reinterpret_cast<uv_signal_t*>(handle);
    data->HandleClosed();
  }

  std::shared_ptr<AddonData> data_;
  uv_signal_t* handle_ = nullptr;
  Napi::FunctionReference callback_;
};

}  // namespace

void InitSignal(Napi::Env env, Napi::Object exports) { exports.Set("Signal", Signal::Define(env)); }

}  // namespace holdfast
