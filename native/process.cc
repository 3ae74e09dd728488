#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "addon.h"

namespace holdfast {
namespace {

std::string TextOf(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }

Napi::Value InterfaceIndex(const Napi::CallbackInfo& info) {
  const unsigned index = if_nametoindex(TextOf(info[0]).c_str());
  return Result(info.Env(), index == 0 ? -errno : static_cast<int64_t>(index));
}

Napi::Value InterfaceName(const Napi::CallbackInfo& info) {
  char name[IF_NAMESIZE] = {};
  if (if_indextoname(static_cast<unsigned>(IntOf(info[0])), name) == nullptr) return Result(info.Env(), -errno);
  return Napi::String::New(info.Env(), name);
}

Napi::Value EnterNetworkNamespace(const Napi::CallbackInfo& info) {
  const int descriptor = open(TextOf(info[0]).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Result(info.Env(), -errno);
  const int result = setns(descriptor, CLONE_NEWNET) == 0 ? 0 : -errno;
  close(descriptor);
  return Result(info.Env(), result);
}

Napi::Value NewNetworkNamespace(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), unshare(CLONE_NEWNET));
}

Napi::Value SetParentDeathSignal(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), prctl(PR_SET_PDEATHSIG, IntOf(info[0])));
}

Napi::Value SetProcessName(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), prctl(PR_SET_NAME, TextOf(info[0]).c_str()));
}

Napi::Value SetDumpable(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), prctl(PR_SET_DUMPABLE, IntOf(info[0])));
}

Napi::Value SetScheduler(const Napi::CallbackInfo& info) {
  sched_param parameters = {};
  parameters.sched_priority = IntOf(info[1]);
  return ResultOrErrno(info.Env(), sched_setscheduler(0, IntOf(info[0]), &parameters));
}

Napi::Value SetPriority(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), setpriority(PRIO_PROCESS, 0, IntOf(info[0])));
}

Napi::Value SetAffinity(const Napi::CallbackInfo& info) {
  const Bytes cpus = BytesOf(info[0]);
  // The kernel takes a mask of any length, in whole words.
  return ResultOrErrno(info.Env(), sched_setaffinity(0, cpus.length, reinterpret_cast<cpu_set_t*>(cpus.data)));
}

Napi::Value MakeFifo(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), mkfifo(TextOf(info[0]).c_str(), static_cast<mode_t>(IntOf(info[1]))));
}

Napi::Value LockMemory(const Napi::CallbackInfo& info) { return ResultOrErrno(info.Env(), mlockall(IntOf(info[0]))); }

Napi::Value LockRange(const Napi::CallbackInfo& info) {
  const auto start = static_cast<uintptr_t>(info[0].As<Napi::Number>().DoubleValue());
  const auto length = static_cast<size_t>(info[1].As<Napi::Number>().DoubleValue());
  return ResultOrErrno(info.Env(), mlock2(reinterpret_cast<void*>(start), length, MLOCK_ONFAULT));
}

rlim_t LimitOf(const Napi::Value& value) {
  const double number = value.As<Napi::Number>().DoubleValue();
  return number < 0 ? RLIM_INFINITY : static_cast<rlim_t>(number);
}

Napi::Value SetResourceLimit(const Napi::CallbackInfo& info) {
  const rlimit limit = {LimitOf(info[1]), LimitOf(info[2])};
  return ResultOrErrno(info.Env(), setrlimit(static_cast<__rlimit_resource_t>(IntOf(info[0])), &limit));
}

Napi::Value SetUser(const Napi::CallbackInfo& info) {
  const uid_t id = info[0].As<Napi::Number>().Uint32Value();
  return ResultOrErrno(info.Env(), setresuid(id, id, id));
}

Napi::Value SetGroup(const Napi::CallbackInfo& info) {
  const gid_t id = info[0].As<Napi::Number>().Uint32Value();
  return ResultOrErrno(info.Env(), setresgid(id, id, id));
}

Napi::Value InitGroups(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), initgroups(TextOf(info[0]).c_str(), info[1].As<Napi::Number>().Uint32Value()));
}

Napi::Value CloseOnExec(const Napi::CallbackInfo& info) {
  return ResultOrErrno(info.Env(), fcntl(IntOf(info[0]), F_SETFD, FD_CLOEXEC));
}

Napi::Value LockFile(const Napi::CallbackInfo& info) {
  int result = 0;
  do {
    result = flock(IntOf(info[0]), IntOf(info[1]));
  } while (result == -1 && errno == EINTR);
  return ResultOrErrno(info.Env(), result);
}

}  // namespace

void InitProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("interfaceIndex", Napi::Function::New<InterfaceIndex>(env));
  exports.Set("interfaceName", Napi::Function::New<InterfaceName>(env));
  exports.Set("enterNetworkNamespace", Napi::Function::New<EnterNetworkNamespace>(env));
  exports.Set("newNetworkNamespace", Napi::Function::New<NewNetworkNamespace>(env));
  exports.Set("setParentDeathSignal", Napi::Function::New<SetParentDeathSignal>(env));
  exports.Set("setProcessName", Napi::Function::New<SetProcessName>(env));
  exports.Set("setDumpable", Napi::Function::New<SetDumpable>(env));
  exports.Set("setScheduler", Napi::Function::New<SetScheduler>(env));
  exports.Set("setPriority", Napi::Function::New<SetPriority>(env));
  exports.Set("setAffinity", Napi::Function::New<SetAffinity>(env));
  exports.Set("makeFifo", Napi::Function::New<MakeFifo>(env));
  exports.Set("lockRange", Napi::Function::New<LockRange>(env));
  exports.Set("lockMemory", Napi::Function::New<LockMemory>(env));
  exports.Set("setResourceLimit", Napi::Function::New<SetResourceLimit>(env));
  exports.Set("setUser", Napi::Function::New<SetUser>(env));
  exports.Set("setGroup", Napi::Function::New<SetGroup>(env));
  exports.Set("initGroups", Napi::Function::New<InitGroups>(env));
  exports.Set("closeOnExec", Napi::Function::New<CloseOnExec>(env));
  exports.Set("lockFile", Napi::Function::New<LockFile>(env));
}

}  // namespace holdfast
