// A libcuda.so.1 without a GPU, for tests of what surrounds the work: probing, errors, ownership. Device memory is host memory; work
// is done when it is submitted, kernels and graphs do nothing. Fresh memory is full of garbage, as on a GPU.
//
//   STUB_DEVICES     GPUs, 1 by default          STUB_CAPABILITY  80 by default
//   STUB_DRIVER      13000 by default            STUB_MEMORY      MiB of the card, 4096 by default
//   STUB_OTHERS      MiB that others take of the card from the second allocation on, unseen by cuMemGetInfo
//   STUB_REGISTER    how many pieces of host memory may be registered
//
// A kernel whose name begins with "fault" spoils the context, as an illegal address does.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_PTX = 218, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700 };
enum { CONTEXT_MIB = 500, CAPABILITY_MAJOR = 75, CAPABILITY_MINOR = 76 };

typedef unsigned long long device_pointer;
typedef struct { size_t size; } header;          // before each allocation, padded to 256 bytes
typedef struct { struct timespec at; } event;
typedef struct { int capturing; } stream;

static int sticky = SUCCESS;
static int contexts, streams, events, modules, graphs, graph_launches, host_blocks, registrations, device_blocks, allocations;
static size_t used_bytes;
static __thread int current;

static long setting(const char* name, long otherwise) {
  const char* value = getenv(name);
  return value ? atol(value) : otherwise;
}

static size_t total_bytes(void) { return (size_t)setting("STUB_MEMORY", 4096) << 20; }
static size_t taken_bytes(void) { return used_bytes + ((size_t)(contexts > 0 ? CONTEXT_MIB : 0) << 20); }

// What is open, for the test to read.
int stub_open(void) { return contexts + streams + events + modules + graphs + host_blocks + registrations + device_blocks; }
int stub_graph_launches(void) { return graph_launches; }

// Everything but probing needs a context on the calling thread, and a sound one.
#define REQUIRE_CONTEXT          \
  if (!current) return 201;      \
  if (sticky) return sticky

int cuInit(unsigned flags) { (void)flags; return setting("STUB_DEVICES", 1) == 0 ? NO_DEVICE : SUCCESS; }
int cuDriverGetVersion(int* version) { *version = (int)setting("STUB_DRIVER", 13000); return SUCCESS; }
int cuDeviceGetCount(int* count) { *count = (int)setting("STUB_DEVICES", 1); return SUCCESS; }
int cuDeviceGet(int* device, int ordinal) { *device = ordinal; return SUCCESS; }
int cuDeviceGetName(char* name, int length, int device) { snprintf(name, (size_t)length, "Stub GPU %d", device); return SUCCESS; }
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  (void)device;
  long capability = setting("STUB_CAPABILITY", 80);
  *value = attribute == CAPABILITY_MAJOR ? (int)(capability / 10) : attribute == CAPABILITY_MINOR ? (int)(capability % 10) : 7;
  return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void** context, int device) { (void)device; contexts++; *context = &contexts; return SUCCESS; }
int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; contexts--; return SUCCESS; }
int cuCtxSetCurrent(void* context) { current = context != NULL; return SUCCESS; }

int cuMemGetInfo_v2(size_t* free_bytes, size_t* total) {
  REQUIRE_CONTEXT;
  *total = total_bytes();
  *free_bytes = total_bytes() - taken_bytes();
  return SUCCESS;
}

int cuMemAlloc_v2(device_pointer* pointer, size_t size) {
  REQUIRE_CONTEXT;
  size_t others = allocations++ > 0 ? (size_t)setting("STUB_OTHERS", 0) << 20 : 0;
  if (size + others > total_bytes() - taken_bytes()) return OUT_OF_MEMORY;
  char* block = aligned_alloc(256, (size + 511) / 256 * 256);
  if (!block) return OUT_OF_MEMORY;
  memset(block, 0xAB, size + 256);
  ((header*)block)->size = size;
  used_bytes += size;
  device_blocks++;
  *pointer = (device_pointer)(block + 256);
  return SUCCESS;
}

int cuMemFree_v2(device_pointer pointer) {
  char* block = (char*)pointer - 256;
  used_bytes -= ((header*)block)->size;
  device_blocks--;
  free(block);
  return sticky;
}

int cuMemHostAlloc(void** pointer, size_t size, unsigned flags) {
  (void)flags;
  REQUIRE_CONTEXT;
  *pointer = malloc(size);
  memset(*pointer, 0xAB, size);
  host_blocks++;
  return SUCCESS;
}
int cuMemHostGetDevicePointer_v2(device_pointer* mapped, void* host, unsigned flags) { (void)flags; *mapped = (device_pointer)host; return SUCCESS; }
int cuMemFreeHost(void* pointer) { free(pointer); host_blocks--; return sticky; }
int cuMemHostRegister_v2(void* pointer, size_t size, unsigned flags) {
  (void)pointer, (void)size, (void)flags;
  REQUIRE_CONTEXT;
  if (registrations >= setting("STUB_REGISTER", 1000)) return OUT_OF_MEMORY;
  registrations++;
  return SUCCESS;
}
int cuMemHostUnregister(void* pointer) { (void)pointer; registrations--; return sticky; }

int cuStreamCreate(stream** created, unsigned flags) { (void)flags; REQUIRE_CONTEXT; *created = calloc(1, sizeof(stream)); streams++; return SUCCESS; }
int cuStreamDestroy_v2(stream* s) { free(s); streams--; return sticky; }
int cuStreamSynchronize(stream* s) { REQUIRE_CONTEXT; return s->capturing ? 900 : SUCCESS; }
int cuStreamWaitEvent(stream* s, event* e, unsigned flags) { (void)s, (void)e, (void)flags; REQUIRE_CONTEXT; return SUCCESS; }

int cuEventCreate(event** created, unsigned flags) { (void)flags; REQUIRE_CONTEXT; *created = calloc(1, sizeof(event)); events++; return SUCCESS; }
int cuEventDestroy_v2(event* e) { free(e); events--; return sticky; }
int cuEventRecord(event* e, stream* s) { (void)s; REQUIRE_CONTEXT; clock_gettime(CLOCK_MONOTONIC, &e->at); return SUCCESS; }
int cuEventQuery(event* e) { (void)e; REQUIRE_CONTEXT; return SUCCESS; }
int cuEventSynchronize(event* e) { (void)e; REQUIRE_CONTEXT; return SUCCESS; }
int cuEventElapsedTime(float* millis, event* start, event* end) {
  REQUIRE_CONTEXT;
  *millis = (float)((double)(end->at.tv_sec - start->at.tv_sec) * 1e3 + (double)(end->at.tv_nsec - start->at.tv_nsec) / 1e6);
  return SUCCESS;
}

static int copy(void* to, const void* from, size_t size, stream* s) {
  REQUIRE_CONTEXT;
  if (!s->capturing) memmove(to, from, size);
  return SUCCESS;
}
int cuMemcpyAsync(device_pointer to, device_pointer from, size_t size, stream* s) { return copy((void*)to, (void*)from, size, s); }
int cuMemcpyHtoDAsync_v2(device_pointer to, const void* from, size_t size, stream* s) { return copy((void*)to, from, size, s); }
int cuMemcpyDtoHAsync_v2(void* to, device_pointer from, size_t size, stream* s) { return copy(to, (void*)from, size, s); }
int cuMemcpyDtoDAsync_v2(device_pointer to, device_pointer from, size_t size, stream* s) { return copy((void*)to, (void*)from, size, s); }
int cuMemsetD8Async(device_pointer to, unsigned char value, size_t size, stream* s) {
  REQUIRE_CONTEXT;
  if (!s->capturing) memset((void*)to, value, size);
  return SUCCESS;
}

// PTX without a ".target sm_" line is refused, with a log.
int cuModuleLoadDataEx(void** module, const void* image, unsigned count, int* options, void** values) {
  REQUIRE_CONTEXT;
  if (!strstr(image, ".target sm_")) {
    for (unsigned i = 0; i + 1 < count; i++) {
      if (options[i] == 5) snprintf(values[i], (size_t)values[i + 1], "ptxas fatal : no target\n");
    }
    return INVALID_PTX;
  }
  *module = strdup(image);
  modules++;
  return SUCCESS;
}
int cuModuleGetFunction(void** function, void* module, const char* name) {
  REQUIRE_CONTEXT;
  char entry[256];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  *function = strstr(module, entry);
  return *function ? SUCCESS : NOT_FOUND;
}
int cuModuleUnload(void* module) { free(module); modules--; return sticky; }
int cuFuncSetAttribute(void* function, int attribute, int value) { (void)function, (void)attribute, (void)value; REQUIRE_CONTEXT; return SUCCESS; }
int cuLaunchKernel(const char* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                   stream* s, void** arguments, void** extra) {
  (void)gx, (void)gy, (void)gz, (void)by, (void)bz, (void)shared, (void)s, (void)arguments, (void)extra;
  REQUIRE_CONTEXT;
  if (bx > 1024) return INVALID_VALUE;
  if (strncmp(function, ".entry fault", 12) == 0) sticky = ILLEGAL_ADDRESS;
  return SUCCESS;
}

int cuStreamBeginCapture_v2(stream* s, int mode) { (void)mode; REQUIRE_CONTEXT; s->capturing = 1; return SUCCESS; }
int cuStreamEndCapture(stream* s, void** graph) { REQUIRE_CONTEXT; s->capturing = 0; *graph = malloc(1); graphs++; return SUCCESS; }
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long flags) {
  (void)graph, (void)flags;
  REQUIRE_CONTEXT;
  *executable = malloc(1);
  graphs++;
  return SUCCESS;
}
int cuGraphLaunch(void* executable, stream* s) { (void)executable, (void)s; REQUIRE_CONTEXT; graph_launches++; return SUCCESS; }
int cuGraphDestroy(void* graph) { free(graph); graphs--; return sticky; }
int cuGraphExecDestroy(void* executable) { free(executable); graphs--; return sticky; }
