#include <dlfcn.h>

#include <algorithm>
#include <string>

#include "addon.h"

namespace holdfast {
namespace {

// The functions of libpcre2-8 that are used, as pcre2api(3) declares them; its types are opaque here.
struct Library {
  void* (*compile)(const uint8_t*, size_t, uint32_t, int*, size_t*, void*);
  void (*code_free)(void*);
  int (*pattern_info)(const void*, uint32_t, void*);
  int (*jit_compile)(void*, uint32_t);
  void* (*match_data_create_from_pattern)(const void*, void*);
  void (*match_data_free)(void*);
  int (*match)(const void*, const uint8_t*, size_t, size_t, uint32_t, void*, void*);
  size_t* (*get_ovector_pointer)(void*);
  void* (*match_context_create)(void*);
  void (*match_context_free)(void*);
  void* (*jit_stack_create)(size_t, size_t, void*);
  void (*jit_stack_free)(void*);
  void (*jit_stack_assign)(void*, void* (*)(void*), void*);
  int (*get_error_message)(int, uint8_t*, size_t);
  int (*config)(uint32_t, void*);
  std::string problem;  // why it is not there; empty when it is
};

constexpr uint32_t kInfoAllOptions = 0;
constexpr uint32_t kInfoMaxLookbehind = 15;
constexpr uint32_t kConfigVersion = 11;
constexpr int kErrorPartial = -2;
constexpr int kErrorNull = -51;
constexpr uint32_t kJitPartialHard = 4;

template <typename Function>
void Find(void* handle, Library& library, const char* name, Function& function) {
  const std::string symbol = std::string("pcre2_") + name + "_8";
  function = reinterpret_cast<Function>(dlsym(handle, symbol.c_str()));
  if (function == nullptr && library.problem.empty()) library.problem = "it has no " + symbol;
}

Library Open() {
  Library library = {};
  void* handle = dlopen("libpcre2-8.so.0", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = dlerror();
    library.problem = why == nullptr ? "libpcre2-8.so.0 cannot be loaded" : why;
    return library;
  }
  Find(handle, library, "compile", library.compile);
  Find(handle, library, "code_free", library.code_free);
  Find(handle, library, "pattern_info", library.pattern_info);
  Find(handle, library, "jit_compile", library.jit_compile);
  Find(handle, library, "match_data_create_from_pattern", library.match_data_create_from_pattern);
  Find(handle, library, "match_data_free", library.match_data_free);
  Find(handle, library, "match", library.match);
  Find(handle, library, "get_ovector_pointer", library.get_ovector_pointer);
  Find(handle, library, "match_context_create", library.match_context_create);
  Find(handle, library, "match_context_free", library.match_context_free);
  Find(handle, library, "jit_stack_create", library.jit_stack_create);
  Find(handle, library, "jit_stack_free", library.jit_stack_free);
  Find(handle, library, "jit_stack_assign", library.jit_stack_assign);
  Find(handle, library, "get_error_message", library.get_error_message);
  Find(handle, library, "config", library.config);
  return library;
}

// Loaded by the first who asks, for the whole process, and never let go.
const Library& Pcre2() {
  static const Library library = Open();
  return library;
}

// One compiled regular expression, with room for where it matched.
class Pattern : public Napi::ObjectWrap<Pattern>, public Releasable {
 public:
  explicit Pattern(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Pattern>(info), data_(DataOf(info.Env())) {
    data_->live.insert(this);
  }
  ~Pattern() override {
    Release();
    data_->live.erase(this);
  }

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Pattern",
                       {InstanceMethod<&Pattern::Compile>("compile"), InstanceMethod<&Pattern::Match>("match"),
                        InstanceMethod<&Pattern::Lookbehind>("lookbehind"),
                        InstanceMethod<&Pattern::Options>("options"), InstanceMethod<&Pattern::Close>("close")});
  }

  void Release() override {
    if (code_ == nullptr) return;
    const Library& pcre2 = Pcre2();
    pcre2.match_data_free(matched_);
    if (context_ != nullptr) pcre2.match_context_free(context_);
    if (stack_ != nullptr) pcre2.jit_stack_free(stack_);
    pcre2.code_free(code_);
    code_ = matched_ = context_ = stack_ = nullptr;
  }

 private:
  // compile(source, options, stackStart, stackMaximum, Int32Array(2) for error number and offset): 0, -ENOSYS without
  // the library, -EINVAL with an error. A stack of 0 is the one that the library has anyway.
  Napi::Value Compile(const Napi::CallbackInfo& info) {
    const Library& pcre2 = Pcre2();
    if (!pcre2.problem.empty()) return Result(info.Env(), -ENOSYS);
    if (code_ != nullptr) return Result(info.Env(), -EALREADY);
    const Bytes source = BytesOf(info[0]);
    auto* fields = reinterpret_cast<int32_t*>(BytesOf(info[4]).data);
    static const uint8_t nothing = 0;
    int error = 0;
    size_t offset = 0;
    void* code = pcre2.compile(source.length == 0 ? &nothing : source.data, source.length,
                               info[1].As<Napi::Number>().Uint32Value(), &error, &offset, nullptr);
    if (code == nullptr) {
      fields[0] = error;
      fields[1] = static_cast<int32_t>(std::min<size_t>(offset, INT32_MAX));
      return Result(info.Env(), -EINVAL);
    }
    matched_ = pcre2.match_data_create_from_pattern(code, nullptr);
    if (matched_ == nullptr) {
      pcre2.code_free(code);
      return Result(info.Env(), -ENOMEM);
    }
    code_ = code;
    // Where there is no compiler to machine code, or it may not run, the library interprets.
    pcre2.jit_compile(code_, kJitPartialHard);
    const auto size = info[2].As<Napi::Number>().Int64Value();
    if (size > 0) UseStack(pcre2, static_cast<size_t>(size), static_cast<size_t>(info[3].As<Napi::Number>().Int64Value()));
    return Result(info.Env(), 0);
  }

  void UseStack(const Library& pcre2, size_t start, size_t maximum) {
    context_ = pcre2.match_context_create(nullptr);
    stack_ = context_ == nullptr ? nullptr : pcre2.jit_stack_create(start, maximum, nullptr);
    if (stack_ != nullptr) pcre2.jit_stack_assign(context_, nullptr, stack_);
  }

  // match(subject, from, options, Int32Array(2) for the start and end of the match): what pcre2_match() returns
  Napi::Value Match(const Napi::CallbackInfo& info) {
    if (code_ == nullptr) return Result(info.Env(), kErrorNull);
    const Library& pcre2 = Pcre2();
    const Bytes subject = BytesOf(info[0]);
    static const uint8_t nothing = 0;
    const int result =
        pcre2.match(code_, subject.length == 0 ? &nothing : subject.data, subject.length,
                    static_cast<size_t>(IntOf(info[1])), info[2].As<Napi::Number>().Uint32Value(), matched_, context_);
    if (result < 0 && result != kErrorPartial) return Result(info.Env(), result);
    const size_t* offsets = pcre2.get_ovector_pointer(matched_);
    auto* fields = reinterpret_cast<int32_t*>(BytesOf(info[3]).data);
    fields[0] = static_cast<int32_t>(offsets[0]);
    fields[1] = static_cast<int32_t>(offsets[1]);
    return Result(info.Env(), result);
  }

  // The most characters that a lookbehind of it goes back.
  Napi::Value Lookbehind(const Napi::CallbackInfo& info) { return Fact(info, kInfoMaxLookbehind); }

  // Its options, those that stand in the pattern itself included.
  Napi::Value Options(const Napi::CallbackInfo& info) { return Fact(info, kInfoAllOptions); }

  Napi::Value Fact(const Napi::CallbackInfo& info, uint32_t which) {
    uint32_t value = 0;
    if (code_ != nullptr) Pcre2().pattern_info(code_, which, &value);
    return Result(info.Env(), value);
  }

  void Close(const Napi::CallbackInfo&) { Release(); }

  std::shared_ptr<AddonData> data_;
  void* code_ = nullptr;
  void* matched_ = nullptr;
  void* context_ = nullptr;
  void* stack_ = nullptr;
};

// Why the library cannot be used; undefined when it can.
Napi::Value PatternProblem(const Napi::CallbackInfo& info) {
  const std::string& problem = Pcre2().problem;
  return problem.empty() ? info.Env().Undefined() : Napi::String::New(info.Env(), problem);
}

// The library's version; undefined without it.
Napi::Value PatternVersion(const Napi::CallbackInfo& info) {
  const Library& pcre2 = Pcre2();
  char version[64] = "";
  if (!pcre2.problem.empty() || pcre2.config(kConfigVersion, version) < 0) return info.Env().Undefined();
  return Napi::String::New(info.Env(), version);
}

// The library's words for an error number; "" without it.
Napi::Value PatternErrorText(const Napi::CallbackInfo& info) {
  const Library& pcre2 = Pcre2();
  char text[256] = "";
  if (pcre2.problem.empty()) pcre2.get_error_message(IntOf(info[0]), reinterpret_cast<uint8_t*>(text), sizeof text);
  return Napi::String::New(info.Env(), text);
}

}  // namespace

void InitPattern(Napi::Env env, Napi::Object exports) {
  exports.Set("Pattern", Pattern::Define(env));
  exports.Set("patternProblem", Napi::Function::New<PatternProblem>(env));
  exports.Set("patternVersion", Napi::Function::New<PatternVersion>(env));
  exports.Set("patternErrorText", Napi::Function::New<PatternErrorText>(env));
}

}  // namespace holdfast
