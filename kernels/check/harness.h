// What the checks share: fresh random inputs, poisoned device buffers, comparison against a reference in float64, a table.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "backend.h"

enum class Type { BF16, F16, F32 };

inline const char* name_of(Type type) { return type == Type::BF16 ? "bf16" : type == Type::F16 ? "f16" : "f32"; }
inline size_t size_of(Type type) { return type == Type::F32 ? 4 : 2; }

// Options of the run.
struct Run {
  uint64_t seed = 0;
  bool real_sizes = true;  // beside small odd ones
  int failures = 0;
  int checks = 0;
};

extern Run run;

inline void parallel(size_t count, const std::function<void(size_t)>& body) {
  const size_t threads = std::max(1u, std::thread::hardware_concurrency());
  if (count < 16) {
    for (size_t i = 0; i < count; i++) {
      body(i);
    }
    return;
  }
  std::atomic<size_t> next{0};
  const size_t chunk = std::max<size_t>(1, count / (threads * 8));
  std::vector<std::thread> pool;
  for (size_t t = 0; t < threads; t++) {
    pool.emplace_back([&] {
      for (size_t from; (from = next.fetch_add(chunk)) < count;) {
        for (size_t i = from; i < std::min(count, from + chunk); i++) {
          body(i);
        }
      }
    });
  }
  for (std::thread& thread : pool) {
    thread.join();
  }
}

// Numbers that depend on a seed and an index only, so that arrays are filled in parallel.
inline uint64_t hashed(uint64_t seed, uint64_t index) {
  uint64_t z = seed + index * 0x9e3779b97f4a7c15ull + 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

inline uint64_t next_seed() { return run.seed = hashed(run.seed, 1); }

inline float uniform(uint64_t seed, uint64_t index) { return (float)((double)(hashed(seed, index) >> 11) * 0x1p-52 - 1.0); }

inline int below(uint64_t seed, uint64_t index, int bound) { return (int)(hashed(seed, index) % (uint64_t)bound); }

inline float bits_to_float(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

inline uint16_t to_bf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float from_bf16(uint16_t bits) { return bits_to_float((uint32_t)bits << 16); }

// Device memory that holds 0xff everywhere until something is written: NaN, and -1 in tables.
class Buffer {
 public:
  explicit Buffer(size_t bytes) : size_(std::max<size_t>(bytes, 16)), memory_(backend::allocate(size_)) { poison(); }

  template <class T>
  Buffer(const std::vector<T>& values) : Buffer(values.size() * sizeof(T)) {
    set(values);
  }

  Buffer(Buffer&& other) : size_(other.size_), memory_(other.memory_) { other.memory_ = nullptr; }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  ~Buffer() {
    if (memory_) {
      backend::release(memory_);
    }
  }

  void poison() { backend::fill(memory_, 0xff, size_); }

  template <class T>
  void set(const std::vector<T>& values) {
    if (!values.empty()) {
      backend::upload(memory_, values.data(), values.size() * sizeof(T));
    }
  }

  template <class T>
  std::vector<T> get(size_t count) const {
    std::vector<T> values(count);
    backend::download(values.data(), memory_, count * sizeof(T));
    return values;
  }

  template <class T = void>
  T* at() const {
    return static_cast<T*>(memory_);
  }

  template <class T>
  T* at(size_t element) const {
    return static_cast<T*>(memory_) + element;
  }

 private:
  size_t size_;
  void* memory_;
};

// A random matrix of some type, with the values that its elements really have.
struct Weights {
  Type type;
  std::vector<float> values;
  std::vector<uint8_t> bytes;

  Weights(Type type, size_t count, float scale) : type(type), values(count), bytes(count * size_of(type)) {
    const uint64_t seed = next_seed();
    parallel(count, [&](size_t i) {
      const float value = uniform(seed, i) * scale;
      uint8_t* to = bytes.data() + i * size_of(type);
      if (type == Type::BF16) {
        const uint16_t rounded = to_bf16(value);
        values[i] = from_bf16(rounded);
        std::memcpy(to, &rounded, 2);
      } else if (type == Type::F16) {
        const _Float16 rounded = (_Float16)value;
        values[i] = (float)rounded;
        std::memcpy(to, &rounded, 2);
      } else {
        values[i] = value;
        std::memcpy(to, &value, 4);
      }
    });
  }
};

inline std::vector<float> random_floats(size_t count, float scale = 1.0f) { return Weights(Type::F32, count, scale).values; }

// A dot product in float64 and the sum of its terms' sizes, which bounds what rounding may do to it.
struct Dot {
  double value = 0;
  double size = 0;
};

inline Dot dot(const float* a, const float* b, size_t count) {
  Dot sum;
  for (size_t i = 0; i < count; i++) {
    const double term = (double)a[i] * b[i];
    sum.value += term;
    sum.size += std::fabs(term);
  }
  return sum;
}

// Largest error of a product of `depth` terms relative to Dot::size. Plain: every addition of a lane's chain and of the sums of
// lanes. Tensor cores: activations keep 16 bits; each instruction may cut the sum to 22 bits.
inline double product_error(Type type, int depth) {
  const bool tensor = type == Type::BF16 && depth % 8 == 0;
  return tensor ? 0x1p-16 + (depth / 64 + 16) * 0x1p-23 : (depth / 32 + 16) * 0x1p-24;
}

// Compares what a kernel wrote with the reference, element by element, and prints a line.
class Comparison {
 public:
  explicit Comparison(std::string name) : name_(std::move(name)) {}

  void element(double actual, double expected, double tolerance) {
    const double error = std::fabs(actual - expected);
    elements_++;
    errors_ += error * error;
    squares_ += expected * expected;
    if (!(error <= tolerance)) {
      if (wrong_++ == 0) {
        std::snprintf(first_, sizeof first_, "element %zu: got %.9g, expected %.9g +- %.3g", elements_ - 1, actual, expected, tolerance);
      }
    } else if (tolerance > 0) {
      share_ = std::max(share_, error / tolerance);
    }
  }

  void all(const std::vector<float>& actual, const std::vector<double>& expected, const std::vector<double>& tolerance) {
    for (size_t i = 0; i < expected.size(); i++) {
      element(actual[i], expected[i], tolerance[i]);
    }
  }

  template <class T>
  void same(const std::vector<T>& actual, const std::vector<T>& expected) {
    for (size_t i = 0; i < expected.size(); i++) {
      elements_++;
      if (std::memcmp(&actual[i], &expected[i], sizeof(T)) != 0 && wrong_++ == 0) {
        std::snprintf(first_, sizeof first_, "element %zu: got %.9g, expected the same bits as %.9g", i, (double)actual[i],
                      (double)expected[i]);
      }
    }
  }

  // What no row of the step owns must still be poison.
  template <class T>
  void untouched(const std::vector<T>& values, size_t from) {
    for (size_t i = from * sizeof(T); i < values.size() * sizeof(T); i++) {
      if (reinterpret_cast<const uint8_t*>(values.data())[i] != 0xff && wrong_++ == 0) {
        std::snprintf(first_, sizeof first_, "element %zu was written", i / sizeof(T));
      }
    }
  }

  ~Comparison() {
    run.checks++;
    run.failures += wrong_ > 0;
    const double relative = squares_ > 0 ? std::sqrt(errors_ / squares_) : 0;
    std::printf("%-72s %10zu  rel %.1e  worst %4.2f of tolerance  %s\n", name_.c_str(), elements_, relative, share_,
                wrong_ ? "FAILED" : "ok");
    if (wrong_) {
      std::printf("    %zu wrong; %s\n", wrong_, first_);
    }
    std::fflush(stdout);
  }

 private:
  std::string name_;
  size_t elements_ = 0;
  size_t wrong_ = 0;
  double errors_ = 0;
  double squares_ = 0;
  double share_ = 0;
  char first_[200] = "";
};

template <class... Arguments>
std::string text(const char* format, Arguments... arguments) {
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, format, arguments...);
  return buffer;
}

// Sum of a * b is as good as double; a float32 result is within this of it.
constexpr double FLOAT_ERROR = 0x1p-23;
