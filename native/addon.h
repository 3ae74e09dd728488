// What every file of the addon shares. Results towards JavaScript are a value or -errno; argument types are checked
// by the TypeScript wrapper (native/*.ts), which is the only caller.
#pragma once

#include <napi.h>
#include <uv.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_set>

namespace holdfast {

// Something that holds a descriptor or a loop handle and must let go of it when the environment ends.
class Releasable {
 public:
  virtual ~Releasable() = default;
  virtual void Release() = 0;
};

class Readiness;

// One per environment (main thread or worker), shared by its objects, whose finalizers may run after the environment
// let go of it. The environment is only torn down once the asynchronous cleanup hook has reported that the last uv
// handle is closed.
struct AddonData {
  AddonData();
  ~AddonData();

  uv_loop_t* loop = nullptr;
  napi_async_cleanup_hook_handle cleanup = nullptr;
  std::unordered_set<Releasable*> live;
  std::unique_ptr<Readiness> readiness;  // made when a socket is watched for the first time
  size_t closing = 0;  // uv handles whose close callback is still to come
  bool ending = false;

  void HandleClosing() { ++closing; }
  void HandleClosed();
};

std::shared_ptr<AddonData> DataOf(Napi::Env env);

struct Bytes {
  uint8_t* data;
  size_t length;
};

// The memory of a typed array argument; {nullptr, 0} for undefined.
Bytes BytesOf(const Napi::Value& value);
int IntOf(const Napi::Value& value);
Napi::Value Result(Napi::Env env, int64_t result);
// -errno when `result` is -1, else `result`.
Napi::Value ResultOrErrno(Napi::Env env, int64_t result);
// Calls back into JavaScript from the loop: microtasks run afterwards, a thrown error becomes an uncaught exception.
void CallBack(Napi::Env env, const Napi::FunctionReference& callback, int argument);

void InitSocket(Napi::Env env, Napi::Object exports);
void InitTimer(Napi::Env env, Napi::Object exports);
void InitSignal(Napi::Env env, Napi::Object exports);
void InitProcess(Napi::Env env, Napi::Object exports);
void InitPattern(Napi::Env env, Napi::Object exports);

}  // namespace holdfast
