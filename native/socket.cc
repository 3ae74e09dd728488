#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "readiness.h"

namespace holdfast {
namespace {

template <typename Call>
auto Retry(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

// Fields of one received message in the caller's Int32Array: bytes of data, of source address, of ancillary data,
// and the message flags.
constexpr int kFields = 4;

// A non-blocking, close-on-exec socket of any family. Bytes go straight from and to the caller's typed arrays.
class Socket : public Napi::ObjectWrap<Socket>, public Releasable {
 public:
  explicit Socket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Socket>(info), data_(DataOf(info.Env())) {
    data_->live.insert(this);
  }
  ~Socket() override {
    Release();
    data_->live.erase(this);
  }

  static Napi::Function Define(Napi::Env env);

  void Release() override {
    StopWatching();
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
  }

 private:
  Napi::Value Open(const Napi::CallbackInfo& info) {
    if (descriptor_ >= 0) return Result(info.Env(), -EALREADY);
    descriptor_ = socket(IntOf(info[0]), IntOf(info[1]) | SOCK_CLOEXEC | SOCK_NONBLOCK, IntOf(info[2]));
    return ResultOrErrno(info.Env(), descriptor_ < 0 ? -1 : 0);
  }

  void Close(const Napi::CallbackInfo&) { Release(); }

  Napi::Value Descriptor(const Napi::CallbackInfo& info) { return Result(info.Env(), descriptor_); }

  // setOption(level, name, number | bytes)
  Napi::Value SetOption(const Napi::CallbackInfo& info) {
    const int level = IntOf(info[0]);
    const int name = IntOf(info[1]);
    if (info[2].IsNumber()) {
      const int value = static_cast<int>(info[2].As<Napi::Number>().Int64Value());
      return ResultOrErrno(info.Env(), setsockopt(descriptor_, level, name, &value, sizeof value));
    }
    const Bytes value = BytesOf(info[2]);
    return ResultOrErrno(info.Env(),
                         setsockopt(descriptor_, level, name, value.data, static_cast<socklen_t>(value.length)));
  }

  // getOption(level, name, into): bytes written
  Napi::Value GetOption(const Napi::CallbackInfo& info) {
    const Bytes into = BytesOf(info[2]);
    auto length = static_cast<socklen_t>(into.length);
    const int result = getsockopt(descriptor_, IntOf(info[0]), IntOf(info[1]), into.data, &length);
    return ResultOrErrno(info.Env(), result == 0 ? static_cast<int64_t>(length) : -1);
  }

  Napi::Value Bind(const Napi::CallbackInfo& info) {
    const Bytes address = BytesOf(info[0]);
    return ResultOrErrno(info.Env(), bind(descriptor_, reinterpret_cast<sockaddr*>(address.data),
                                          static_cast<socklen_t>(address.length)));
  }

  Napi::Value Connect(const Napi::CallbackInfo& info) {
    const Bytes address = BytesOf(info[0]);
    return ResultOrErrno(info.Env(), Retry([&] {
                           return connect(descriptor_, reinterpret_cast<sockaddr*>(address.data),
                                          static_cast<socklen_t>(address.length));
                         }));
  }

  // localName(into): bytes written
  Napi::Value LocalName(const Napi::CallbackInfo& info) {
    const Bytes into = BytesOf(info[0]);
    auto length = static_cast<socklen_t>(into.length);
    const int result = getsockname(descriptor_, reinterpret_cast<sockaddr*>(into.data), &length);
    return ResultOrErrno(info.Env(), result == 0 ? static_cast<int64_t>(length) : -1);
  }

  Napi::Value Shutdown(const Napi::CallbackInfo& info) {
    return ResultOrErrno(info.Env(), shutdown(descriptor_, IntOf(info[0])));
  }

  // send(data, flags, address?, ancillary?): bytes sent
  Napi::Value Send(const Napi::CallbackInfo& info) {
    iovec vector;
    msghdr message;
    Fill(&message, &vector, BytesOf(info[0]), BytesOf(info[2]), BytesOf(info[3]));
    const int flags = IntOf(info[1]) | MSG_NOSIGNAL;
    return ResultOrErrno(info.Env(), Retry([&] { return sendmsg(descriptor_, &message, flags); }));
  }

  // sendBatch(datas, flags, addresses?): messages sent
  Napi::Value SendBatch(const Napi::CallbackInfo& info) {
    const auto datas = info[0].As<Napi::Array>();
    const uint32_t count = datas.Length();
    std::vector<iovec> vectors(count);
    std::vector<mmsghdr> messages(count);
    for (uint32_t i = 0; i < count; ++i) {
      Napi::HandleScope scope(info.Env());
      const Bytes address =
          info[2].IsArray() ? BytesOf(info[2].As<Napi::Array>().Get(i).As<Napi::Value>()) : Bytes{nullptr, 0};
      Fill(&messages[i].msg_hdr, &vectors[i], BytesOf(datas.Get(i).As<Napi::Value>()), address, {nullptr, 0});
      messages[i].msg_len = 0;
    }
    const int flags = IntOf(info[1]) | MSG_NOSIGNAL;
    return ResultOrErrno(info.Env(), Retry([&] { return sendmmsg(descriptor_, messages.data(), count, flags); }));
  }

  // receive(data, flags): bytes received
  Napi::Value Receive(const Napi::CallbackInfo& info) {
    const Bytes data = BytesOf(info[0]);
    const int flags = IntOf(info[1]);
    return ResultOrErrno(info.Env(), Retry([&] { return recv(descriptor_, data.data, data.length, flags); }));
  }

  // receiveBatch(count, flags, datas, names, ancillaries, fields: Int32Array): messages received. The three arrays
  // are divided into `count` slots of equal size.
  Napi::Value ReceiveBatch(const Napi::CallbackInfo& info) {
    const auto count = static_cast<uint32_t>(IntOf(info[0]));
    const Bytes datas = BytesOf(info[2]);
    const Bytes names = BytesOf(info[3]);
    const Bytes ancillaries = BytesOf(info[4]);
    const Bytes fields = BytesOf(info[5]);
    if (count == 0 || fields.length < count * kFields * sizeof(int32_t)) return Result(info.Env(), -EINVAL);
    std::vector<iovec> vectors(count);
    std::vector<mmsghdr> messages(count);
    for (uint32_t i = 0; i < count; ++i) {
      Fill(&messages[i].msg_hdr, &vectors[i], Slot(datas, i, count), Slot(names, i, count),
           Slot(ancillaries, i, count));
      messages[i].msg_len = 0;
    }
    const int flags = IntOf(info[1]);
    const int result =
        Retry([&] { return recvmmsg(descriptor_, messages.data(), count, flags, nullptr); });
    auto* out = reinterpret_cast<int32_t*>(fields.data);
    for (int i = 0; i < result; ++i) {
      out[i * kFields] = static_cast<int32_t>(messages[i].msg_len);
      out[i * kFields + 1] = static_cast<int32_t>(messages[i].msg_hdr.msg_namelen);
      out[i * kFields + 2] = static_cast<int32_t>(messages[i].msg_hdr.msg_controllen);
      out[i * kFields + 3] = messages[i].msg_hdr.msg_flags;
    }
    return ResultOrErrno(info.Env(), result);
  }

  // wait(events, milliseconds): blocks; the poll(2) events that came, 0 on timeout
  Napi::Value Wait(const Napi::CallbackInfo& info) {
    pollfd one = {descriptor_, static_cast<short>(IntOf(info[0])), 0};
    const int timeout = IntOf(info[1]);
    const int result = Retry([&] { return poll(&one, 1, timeout); });
    return ResultOrErrno(info.Env(), result > 0 ? one.revents : result);
  }

  // ioctl(request, data, pointed?): with `pointed`, the address of its memory is put behind the interface name of
  // `data`, a struct ifreq, and taken away again.
  Napi::Value Control(const Napi::CallbackInfo& info) {
    const Bytes data = BytesOf(info[1]);
    const Bytes pointed = BytesOf(info[2]);
    if (data.length < sizeof(ifreq)) return Result(info.Env(), -EINVAL);
    auto* request = reinterpret_cast<ifreq*>(data.data);
    if (pointed.data != nullptr) request->ifr_data = reinterpret_cast<char*>(pointed.data);
    const int result = ioctl(descriptor_, static_cast<unsigned long>(info[0].As<Napi::Number>().Int64Value()), request);
    const int error = errno;
    if (pointed.data != nullptr) request->ifr_data = nullptr;
    return Result(info.Env(), result == -1 ? -error : result);
  }

  // watch(events, callback?): 0 stops. Without a callback the previous one stays.
  Napi::Value Watch(const Napi::CallbackInfo& info) {
    if (descriptor_ < 0) return Result(info.Env(), -EBADF);
    const int events = IntOf(info[0]);
    if (!watch_) {
      if (events == 0) return Result(info.Env(), 0);
      int error = 0;
      Readiness* readiness = Readiness::Of(info.Env(), *data_, &error);
      if (readiness == nullptr) return Result(info.Env(), error);
      watch_ = std::make_unique<Watcher>(*readiness, OnReady, this);
      Ref();
    }
    if (info[1].IsFunction()) callback_ = Napi::Persistent(info[1].As<Napi::Function>());
    return Result(info.Env(), watch_->Start(descriptor_, events));
  }

  static void OnReady(void* argument, int events) {
    auto* self = static_cast<Socket*>(argument);
    CallBack(self->Env(), self->callback_, events);
  }

  void StopWatching() {
    if (!watch_) return;
    watch_.reset();
    callback_.Reset();
    Unref();
  }

  static Bytes Slot(const Bytes& all, uint32_t index, uint32_t count) {
    const size_t size = all.length / count;
    return {all.data == nullptr ? nullptr : all.data + index * size, size};
  }

  static void Fill(msghdr* message, iovec* vector, Bytes data, Bytes name, Bytes ancillary) {
    *vector = {data.data, data.length};
    *message = {};
    message->msg_iov = vector;
    message->msg_iovlen = 1;
    message->msg_name = name.length == 0 ? nullptr : name.data;
    message->msg_namelen = static_cast<socklen_t>(name.length);
    message->msg_control = ancillary.length == 0 ? nullptr : ancillary.data;
    message->msg_controllen = ancillary.length;
  }

  std::shared_ptr<AddonData> data_;
  std::unique_ptr<Watcher> watch_;
  int descriptor_ = -1;
  Napi::FunctionReference callback_;
};

Napi::Function Socket::Define(Napi::Env env) {
  return DefineClass(
      env, "Socket",
      {InstanceMethod<&Socket::Open>("open"), InstanceMethod<&Socket::Close>("close"),
       InstanceMethod<&Socket::Descriptor>("descriptor"), InstanceMethod<&Socket::SetOption>("setOption"),
       InstanceMethod<&Socket::GetOption>("getOption"), InstanceMethod<&Socket::Bind>("bind"),
       InstanceMethod<&Socket::Connect>("connect"), InstanceMethod<&Socket::LocalName>("localName"),
       InstanceMethod<&Socket::Shutdown>("shutdown"), InstanceMethod<&Socket::Send>("send"),
       InstanceMethod<&Socket::SendBatch>("sendBatch"), InstanceMethod<&Socket::Receive>("receive"),
       InstanceMethod<&Socket::ReceiveBatch>("receiveBatch"), InstanceMethod<&Socket::Wait>("wait"),
       InstanceMethod<&Socket::Control>("control"), InstanceMethod<&Socket::Watch>("watch")});
}

}  // namespace

void InitSocket(Napi::Env env, Napi::Object exports) { exports.Set("Socket", Socket::Define(env)); }

}  // namespace holdfast
