// Measures what the lanes of a machine allow together: do CPU reads and pinned copies to the device add up, and what does a
// handshake between host and device cost? Figures and what follows from them: src/docs/benchmarks/lanes.md.
//
//   nvcc -O3 -arch=sm_90 -Xcompiler -mavx512f -Xcompiler -pthread lanes.cu -o lanes -lcuda && ./lanes
//
// Needs AVX-512, a CUDA device and 17 GiB of free host memory.

#include <cuda.h>
#include <cuda_runtime.h>
#include <immintrin.h>
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#define CHECK(call)                                                          \
  do {                                                                       \
    int status = static_cast<int>(call);                                     \
    if (status != 0) {                                                       \
      fprintf(stderr, "%s:%d: %s: error %d\n", __FILE__, __LINE__, #call, status); \
      exit(1);                                                               \
    }                                                                        \
  } while (0)

namespace {

constexpr size_t kReadBytes = 12ul << 30;  // what the CPU reads
constexpr size_t kCopyBytes = 4ul << 30;   // what is copied; apart, so that no cache serves both
constexpr size_t kBlock = 4ul << 20;       // a worker claims this much at a time
constexpr size_t kChunk = 64ul << 20;      // one copy
constexpr int kSlots = 8;                  // chunks on the device, in rotation
constexpr int kAhead = 4;                  // copies queued at a time
constexpr double kSeconds = 2.0;
constexpr int kLayers = 32;
constexpr int kKernelsPerLayer = 12;

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

std::atomic<long> checksum;  // keeps the reads alive

void read_block(const char* block) {
  __m512i a = _mm512_setzero_si512(), b = a;
  for (size_t i = 0; i < kBlock; i += 128) {
    _mm_prefetch(block + i + 2048, _MM_HINT_T0);
    a = _mm512_add_epi64(a, _mm512_load_si512(block + i));
    b = _mm512_add_epi64(b, _mm512_load_si512(block + i + 64));
  }
  checksum += _mm512_reduce_add_epi64(_mm512_add_epi64(a, b));
}

// Reads with `threads` threads (0: none) and copies (or not) for a while; prints both rates in GB/s.
void measure_bandwidth(const char* memory, char* device, cudaStream_t stream, int threads, bool copies) {
  cudaEvent_t done[kAhead];
  for (auto& event : done) CHECK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  std::atomic<bool> stop{false};
  std::atomic<size_t> next{0}, blocks{0};
  std::vector<std::thread> readers;
  double start = now();
  for (int t = 0; t < threads; t++) {
    readers.emplace_back([&] {
      while (!stop) {
        read_block(memory + (next++ % (kReadBytes / kBlock)) * kBlock);
        blocks++;
      }
    });
  }
  size_t copied = 0;
  while (now() - start < kSeconds) {
    if (!copies) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      continue;
    }
    if (copied >= kAhead) CHECK(cudaEventSynchronize(done[copied % kAhead]));
    const char* from = memory + kReadBytes + (copied % (kCopyBytes / kChunk)) * kChunk;
    CHECK(cudaMemcpyAsync(device + (copied % kSlots) * kChunk, from, kChunk, cudaMemcpyHostToDevice, stream));
    CHECK(cudaEventRecord(done[copied % kAhead], stream));
    copied++;
  }
  CHECK(cudaStreamSynchronize(stream));
  double seconds = now() - start;
  stop = true;
  for (auto& reader : readers) reader.join();
  for (auto& event : done) CHECK(cudaEventDestroy(event));
  double read = blocks * static_cast<double>(kBlock) / seconds / 1e9;
  double copy = copied * static_cast<double>(kChunk) / seconds / 1e9;
  printf("%2d threads read %6.1f, copies %5.1f, together %6.1f GB/s\n", threads, read, copy, read + copy);
}

__global__ void produce(float* x, volatile int* flag, int value) {
  if (threadIdx.x == 0) {
    x[0] += 1;
    __threadfence_system();
    *flag = value;
  }
}

__global__ void consume(float* x) {
  if (threadIdx.x == 0) x[1] += x[0];
}

// Flags in mapped memory: the device's in word 0, the host's in word 64.
struct Flags {
  volatile int* host;
  int* device;
  Flags() {
    int* memory;
    CHECK(cudaHostAlloc(&memory, 4096, cudaHostAllocMapped));
    CHECK(cudaHostGetDevicePointer(&device, memory, 0));
    host = memory;
    reset();
  }
  void reset() { host[0] = host[64] = 0; }
  void answer(int layer) {
    while (host[0] < layer) _mm_pause();
    host[64] = layer;
  }
};

CUresult wait_for_host(cudaStream_t stream, const Flags& flags, int layer) {
  CUdeviceptr word = reinterpret_cast<CUdeviceptr>(flags.device + 64);
  return cuStreamWaitValue32(stream, word, layer, CU_STREAM_WAIT_VALUE_GEQ);
}

void measure_flags(cudaStream_t stream, Flags& flags, float* x) {
  constexpr int kRounds = 2000;
  flags.reset();
  double start = now();
  for (int round = 1, launched = 0; round <= kRounds; round++) {
    for (; launched < round + 4 && launched < kRounds; launched++) {
      produce<<<1, 32, 0, stream>>>(x, flags.device, launched + 1);
      CHECK(wait_for_host(stream, flags, launched + 1));
      consume<<<1, 32, 0, stream>>>(x);
    }
    flags.answer(round);
  }
  CHECK(cudaStreamSynchronize(stream));
  printf("handshake through flags: %.1f us a layer\n", (now() - start) / kRounds * 1e6);

  int* pinned;
  CHECK(cudaMallocHost(&pinned, 64));
  start = now();
  for (int round = 0; round < kRounds; round++) {
    produce<<<1, 32, 0, stream>>>(x, flags.device, round);
    CHECK(cudaMemcpyAsync(pinned, x, 4, cudaMemcpyDeviceToHost, stream));
    CHECK(cudaStreamSynchronize(stream));
    consume<<<1, 32, 0, stream>>>(x);
  }
  CHECK(cudaStreamSynchronize(stream));
  CHECK(cudaFreeHost(pinned));
  printf("handshake by copy and synchronise: %.1f us a layer\n", (now() - start) / kRounds * 1e6);
}

void measure_graph(Flags& flags, float* x) {
  cudaStream_t stream;
  CHECK(cudaStreamCreate(&stream));
  CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  for (int layer = 1; layer <= kLayers; layer++) {
    for (int k = 0; k < kKernelsPerLayer; k++) consume<<<1, 32, 0, stream>>>(x);
    produce<<<1, 32, 0, stream>>>(x, flags.device, layer);
    CHECK(wait_for_host(stream, flags, layer));
  }
  cudaGraph_t graph;
  cudaGraphExec_t token;
  CHECK(cudaStreamEndCapture(stream, &graph));
  CHECK(cudaGraphInstantiate(&token, graph, 0));
  for (int repeat = 0; repeat < 4; repeat++) {
    flags.reset();
    double start = now();
    CHECK(cudaGraphLaunch(token, stream));
    for (int layer = 1; layer <= kLayers; layer++) flags.answer(layer);
    CHECK(cudaStreamSynchronize(stream));
    printf("a token as one graph, %d layers of %d kernels, flag and wait: %.0f us%s\n", kLayers,
           kKernelsPerLayer + 1, (now() - start) * 1e6, repeat == 0 ? " (first launch)" : "");
  }
  CHECK(cudaGraphExecDestroy(token));
  CHECK(cudaGraphDestroy(graph));
  CHECK(cudaStreamDestroy(stream));
}

}  // namespace

int main() {
  const size_t bytes = kReadBytes + kCopyBytes;
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(mapped == MAP_FAILED);
  CHECK(madvise(mapped, bytes, MADV_HUGEPAGE));
  char* memory = static_cast<char*>(mapped);
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  std::vector<std::thread> touch;
  for (int t = 0; t < cores; t++) {
    touch.emplace_back([=] {
      for (size_t i = bytes / cores * t; i < bytes / cores * (t + 1); i += 4096) memory[i] = 1;
    });
  }
  for (auto& thread : touch) thread.join();
  double start = now();
  CHECK(cudaHostRegister(memory, bytes, cudaHostRegisterPortable));
  printf("registering 16 GiB: %.2f s\n", now() - start);

  char* device;
  float* x;
  cudaStream_t stream;
  CHECK(cudaMalloc(&device, kSlots * kChunk));
  CHECK(cudaMalloc(&x, 2 * sizeof(float)));
  CHECK(cudaMemset(x, 0, 2 * sizeof(float)));
  CHECK(cudaStreamCreate(&stream));
  measure_bandwidth(memory, device, stream, 0, true);
  for (int threads : {cores, cores - 1, cores * 3 / 4, cores / 2}) {
    measure_bandwidth(memory, device, stream, threads, false);
    measure_bandwidth(memory, device, stream, threads, true);
  }
  Flags flags;
  measure_flags(stream, flags, x);
  measure_graph(flags, x);
  return 0;
}
