#include <dirent.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "backend.h"
#include "emulated/emulation.h"

namespace backend {
namespace {

std::vector<void*> libraries;

}  // namespace

void open(const std::string& folder) {
  DIR* directory = opendir(folder.c_str());
  if (!directory) {
    std::fprintf(stderr, "cannot read %s\n", folder.c_str());
    std::exit(2);
  }
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name.size() > 3 && name.substr(name.size() - 3) == ".so") {
      void* library = dlopen((folder + "/" + name).c_str(), RTLD_NOW | RTLD_LOCAL);
      if (!library) {
        std::fprintf(stderr, "%s\n", dlerror());
        std::exit(2);
      }
      libraries.push_back(library);
    }
  }
  closedir(directory);
}

std::string describe() { return "emulated on the CPU: correctness of small sizes only"; }

void* allocate(size_t bytes) { return std::aligned_alloc(256, (bytes + 255) / 256 * 256); }
void release(void* memory) { std::free(memory); }
void upload(void* device, const void* host, size_t bytes) { std::memcpy(device, host, bytes); }
void download(void* host, const void* device, size_t bytes) { std::memcpy(host, device, bytes); }
void fill(void* device, unsigned char byte, size_t bytes) { std::memset(device, byte, bytes); }
void synchronize() {}
int multiprocessors() { return 3; }

void* find(const char* kernel) {
  for (void* library : libraries) {
    if (void* entry = dlsym(library, kernel)) {
      return entry;
    }
  }
  std::fprintf(stderr, "no kernel %s\n", kernel);
  std::exit(2);
}

void run(Shape grid, unsigned block, unsigned shared_bytes, const std::function<void()>& body) {
  emulated::run_grid({grid.x, grid.y, grid.z}, block, shared_bytes, body);
}

}  // namespace backend
