{
  "targets": [
    {
      "target_name": "holdfast",
      "sources": ["addon.cc", "poll.cc", "readiness.cc", "socket.cc", "timer.cc", "signal.cc", "process.cc", "pattern.cc"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=9", "NODE_ADDON_API_DISABLE_DEPRECATED", "NAPI_DISABLE_CPP_EXCEPTIONS"],
      "cflags": ["-Wall", "-Wextra", "-O2", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++17"]
    }
  ]
}
