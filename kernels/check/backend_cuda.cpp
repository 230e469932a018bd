#include <cuda.h>
#include <dirent.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "backend.h"

#define CHECK(call) check((call), #call, __FILE__, __LINE__)

namespace backend {
namespace {

constexpr unsigned DEFAULT_SHARED_BYTES = 48 << 10;

CUdevice device;
CUstream stream;
std::vector<CUmodule> modules;
std::map<std::string, CUfunction> functions;

void check(CUresult result, const char* call, const char* file, int line) {
  if (result != CUDA_SUCCESS) {
    const char* name = nullptr;
    cuGetErrorName(result, &name);
    std::fprintf(stderr, "%s:%d: %s: %s\n", file, line, call, name ? name : "unknown error");
    std::exit(2);
  }
}

void load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const std::string image = bytes.str();
  char log[8192] = "";
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  CUmodule module;
  const CUresult result = cuModuleLoadDataEx(&module, image.c_str(), 2, options, values);
  if (result != CUDA_SUCCESS) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), log);
  }
  CHECK(result);
  modules.push_back(module);
}

CUfunction find(const char* kernel) {
  const auto known = functions.find(kernel);
  if (known != functions.end()) {
    return known->second;
  }
  for (CUmodule module : modules) {
    CUfunction function;
    if (cuModuleGetFunction(&function, module, kernel) == CUDA_SUCCESS) {
      return functions[kernel] = function;
    }
  }
  std::fprintf(stderr, "no kernel %s\n", kernel);
  std::exit(2);
}

int attribute(CUdevice_attribute which) {
  int value = 0;
  CHECK(cuDeviceGetAttribute(&value, which, device));
  return value;
}

}  // namespace

void open(const std::string& folder) {
  CHECK(cuInit(0));
  CHECK(cuDeviceGet(&device, 0));
  CUcontext context;
  CHECK(cuDevicePrimaryCtxRetain(&context, device));
  CHECK(cuCtxSetCurrent(context));
  CHECK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  DIR* directory = opendir(folder.c_str());
  if (!directory) {
    std::fprintf(stderr, "cannot read %s\n", folder.c_str());
    std::exit(2);
  }
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    const size_t dot = name.rfind('.');
    if (dot != std::string::npos && (name.substr(dot) == ".ptx" || name.substr(dot) == ".cubin")) {
      load(folder + "/" + name);
    }
  }
  closedir(directory);
}

std::string describe() {
  char name[256];
  CHECK(cuDeviceGetName(name, sizeof name, device));
  int driver = 0;
  CHECK(cuDriverGetVersion(&driver));
  char text[512];
  std::snprintf(text, sizeof text, "%s, compute capability %d.%d, %d multiprocessors, L2 %d MiB, CUDA driver API %d.%d", name,
                attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR), attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                multiprocessors(), attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE) >> 20, driver / 1000, driver % 1000 / 10);
  return text;
}

void* allocate(size_t bytes) {
  CUdeviceptr memory;
  CHECK(cuMemAlloc(&memory, bytes));
  return reinterpret_cast<void*>(memory);
}

void release(void* memory) { CHECK(cuMemFree(reinterpret_cast<CUdeviceptr>(memory))); }

void upload(void* to, const void* from, size_t bytes) {
  CHECK(cuMemcpyHtoDAsync(reinterpret_cast<CUdeviceptr>(to), from, bytes, stream));
  synchronize();
}

void download(void* to, const void* from, size_t bytes) {
  CHECK(cuMemcpyDtoHAsync(to, reinterpret_cast<CUdeviceptr>(from), bytes, stream));
  synchronize();
}

void fill(void* to, unsigned char byte, size_t bytes) {
  CHECK(cuMemsetD8Async(reinterpret_cast<CUdeviceptr>(to), byte, bytes, stream));
  synchronize();
}

void copy(void* to, const void* from, size_t bytes) {
  CHECK(cuMemcpyDtoDAsync(reinterpret_cast<CUdeviceptr>(to), reinterpret_cast<CUdeviceptr>(from), bytes, stream));
}

void synchronize() { CHECK(cuStreamSynchronize(stream)); }

int multiprocessors() { return attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT); }

void launch(const char* kernel, Shape grid, unsigned block, unsigned shared_bytes, void** arguments) {
  const CUfunction function = find(kernel);
  if (shared_bytes > DEFAULT_SHARED_BYTES) {
    CHECK(cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, (int)shared_bytes));
  }
  CHECK(cuLaunchKernel(function, grid.x, grid.y, grid.z, block, 1, 1, shared_bytes, stream, arguments, nullptr));
}

double measure(int calls, const std::function<void(int)>& work) {
  constexpr int REPETITIONS = 15;
  work(0);  // functions are looked up outside of the capture
  synchronize();
  CHECK(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  for (int i = 0; i < calls; i++) {
    work(i);
  }
  CUgraph graph;
  CHECK(cuStreamEndCapture(stream, &graph));
  CUgraphExec executable;
  CHECK(cuGraphInstantiate(&executable, graph, 0));
  CUevent begin, end;
  CHECK(cuEventCreate(&begin, CU_EVENT_DEFAULT));
  CHECK(cuEventCreate(&end, CU_EVENT_DEFAULT));
  CHECK(cuGraphLaunch(executable, stream));
  std::vector<float> times;
  for (int i = 0; i < REPETITIONS; i++) {
    CHECK(cuEventRecord(begin, stream));
    CHECK(cuGraphLaunch(executable, stream));
    CHECK(cuEventRecord(end, stream));
    CHECK(cuEventSynchronize(end));
    float milliseconds = 0;
    CHECK(cuEventElapsedTime(&milliseconds, begin, end));
    times.push_back(milliseconds);
  }
  std::sort(times.begin(), times.end());
  CHECK(cuEventDestroy(begin));
  CHECK(cuEventDestroy(end));
  CHECK(cuGraphExecDestroy(executable));
  CHECK(cuGraphDestroy(graph));
  return times[REPETITIONS / 2] * 1e3 / calls;
}

}  // namespace backend
