#include "addon.h"

#include <csignal>
#include <vector>

#include "readiness.h"

namespace holdfast {

AddonData::AddonData() = default;
AddonData::~AddonData() = default;

void AddonData::HandleClosed() {
  --closing;
  if (ending && closing == 0 && cleanup != nullptr) {
    napi_async_cleanup_hook_handle hook = cleanup;
    cleanup = nullptr;
    napi_remove_async_cleanup_hook(hook);  // may free this
  }
}

std::shared_ptr<AddonData> DataOf(Napi::Env env) { return *env.GetInstanceData<std::shared_ptr<AddonData>>(); }

Bytes BytesOf(const Napi::Value& value) {
  if (!value.IsTypedArray()) return {nullptr, 0};
  void* data = nullptr;
  size_t length = 0;
  napi_typedarray_type type = napi_uint8_array;
  napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr);
  size_t width = type == napi_int32_array || type == napi_uint32_array ? 4 : 1;
  return {static_cast<uint8_t*>(data), length * width};
}

int IntOf(const Napi::Value& value) { return value.IsNumber() ? value.As<Napi::Number>().Int32Value() : 0; }

Napi::Value Result(Napi::Env env, int64_t result) { return Napi::Number::New(env, static_cast<double>(result)); }

Napi::Value ResultOrErrno(Napi::Env env, int64_t result) { return Result(env, result == -1 ? -errno : result); }

void CallBack(Napi::Env env, const Napi::FunctionReference& callback, int argument) {
  Napi::HandleScope scope(env);
  napi_value value = Napi::Number::New(env, argument);
  napi_value ignored = nullptr;
  napi_value function = callback.Value();
  if (napi_make_callback(env, nullptr, env.Global(), function, 1, &value, &ignored) != napi_pending_exception) return;
  napi_value error = nullptr;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

namespace {

void EndEnvironment(napi_async_cleanup_hook_handle hook, void* argument) {
  auto* data = static_cast<AddonData*>(argument);
  data->ending = true;
  data->cleanup = hook;
  const std::vector<Releasable*> live(data->live.begin(), data->live.end());
  for (Releasable* one : live) one->Release();
  data->readiness.reset();
  if (data->closing == 0 && data->cleanup != nullptr) {
    data->cleanup = nullptr;
    napi_remove_async_cleanup_hook(hook);
  }
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  auto* owner = new std::shared_ptr<AddonData>(std::make_shared<AddonData>());
  AddonData* data = owner->get();
  napi_get_uv_event_loop(env, &data->loop);
  env.SetInstanceData(owner);
  napi_add_async_cleanup_hook(env, EndEnvironment, data, &data->cleanup);
  InitSocket(env, exports);
  InitTimer(env, exports);
  InitSignal(env, exports);
  InitProcess(env, exports);
  InitPattern(env, exports);
  exports.Set("wordSize", Result(env, sizeof(size_t)));
  exports.Set("firstRealTimeSignal", Result(env, SIGRTMIN));
  exports.Set("lastRealTimeSignal", Result(env, SIGRTMAX));
  return exports;
}

NODE_API_MODULE(holdfast, Init)

}  // namespace
}  // namespace holdfast
