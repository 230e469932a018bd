// Whether this machine can run experts.cpp. Compiled for the plainest CPU of the architecture: it is what is asked
// before anything else of the library is called.

#define API extern "C" __attribute__((visibility("default")))

enum Support {
  SUPPORTED = 0,
  NO_AMX = 1,           // the CPU has no AMX_TILE and AMX_BF16
  NO_AVX512 = 2,        // the CPU has no AVX512 F, BW, DQ and VL
  NOT_ENABLED = 3,      // the operating system does not save their registers
  PERMISSION_DENIED = 4  // Linux does not let this process use tile data; + errno << 8
};

#if defined(FIDDLER_EMULATE_TILES)

API int fiddler_emulated() { return 1; }

API int fiddler_support() { return SUPPORTED; }

#else

#include <cpuid.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

API int fiddler_emulated() { return 0; }

static const long ARCH_REQ_XCOMP_PERM = 0x1023;
static const long XFEATURE_XTILEDATA = 18;

static const unsigned OSXSAVE = 1u << 27;                                                   // leaf 1, ecx
static const unsigned AVX512 = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;                   // leaf 7, ebx
static const unsigned AMX_BF16_AND_TILE = 1u << 22 | 1u << 24;                              // leaf 7, edx
static const unsigned SAVED = 1u << 1 | 1u << 2 | 7u << 5 | 3u << 17;  // XCR0: SSE, AVX, AVX-512, tiles

// Asks Linux for the tile registers, which is needed once a process; asking again does no harm.
API int fiddler_support() {
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & AMX_BF16_AND_TILE) != AMX_BF16_AND_TILE) {
    return NO_AMX;
  }
  if ((b & AVX512) != AVX512) {
    return NO_AVX512;
  }
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & OSXSAVE) == 0) {
    return NOT_ENABLED;
  }
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & SAVED) != SAVED) {
    return NOT_ENABLED;
  }
  if (syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) != 0) {
    return PERMISSION_DENIED | errno << 8;
  }
  return SUPPORTED;
}

#endif
