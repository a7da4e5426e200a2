#include "http/curl/wiping_memory.h"

#include <dlfcn.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "clone/secret.h"

namespace clone_auth {
namespace {

#ifdef __GLIBC__

// What the standard functions gave, so that whoever frees one of libcurl's
// strings with free() is right as well.

void WipeAndFree(void* memory) {
  if (memory == nullptr) return;
  WipeBytes(memory, malloc_usable_size(memory));
  std::free(memory);
}

void* Resize(void* memory, std::size_t size) {
  if (memory == nullptr) return std::malloc(size);
  void* const larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  const std::size_t old = malloc_usable_size(memory);
  std::memcpy(larger, memory, old < size ? old : size);
  WipeAndFree(memory);
  return larger;
}

// libcurl may outlive a library that was loaded by hand and has this code in
// it.
bool StayLoaded() {
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(&WipeAndFree), &self) == 0) return false;
  // The program itself is found by no name that it was started with, and goes
  // nowhere.
  (void)dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  return true;
}

#endif

}  // namespace

CURLcode InitWipingCurl() {
#ifdef __GLIBC__
  if (StayLoaded()) {
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, &std::malloc, &WipeAndFree,
                                &Resize, &strdup, &std::calloc);
  }
#endif
  return curl_global_init(CURL_GLOBAL_DEFAULT);
}

}  // namespace clone_auth
