// Experts drawn at random and their table on the device.
#pragma once

#include "harness.h"

// The layout of ExpertWork in kernels/cuda/expert_work.cuh.
struct WorkEntry {
  const void* slices;
  int num_slices;
  int first_slice;
  int first_row;
  int row_count;
  int out_row;
  int output;
  int layout;
  int reserved = 0;
};

static_assert(sizeof(WorkEntry) == 40, "as the kernels read it");

enum { SET = 0, ADD = 1, SEPARATE = 2 };
enum { ROW_MAJOR = 0, PACKED = 1 };
constexpr int ROOM_FOR_TOKENS = 16;

struct ExpertShape {
  Type type;
  int hidden_size;
  int slice_width;
  int num_slices;

  size_t matrix() const { return (size_t)hidden_size * slice_width; }
  size_t slice() const { return 3 * matrix(); }
  size_t elements() const { return slice() * num_slices; }
  size_t bytes() const { return elements() * size_of(type); }
};

// Slices of BF16 packed as the CPU's lane packs them.
std::vector<uint8_t> packed_slices(const ExpertShape& shape, const std::vector<uint8_t>& row_major);

// Work in a table on the device.
struct Work {
  std::vector<WorkEntry> entries;
  int num_slices = 0;

  void add(const void* slices, int count, int first_row, int row_count, int out_row, int output, int layout) {
    entries.push_back({slices, count, num_slices, first_row, row_count, out_row, output, layout});
    num_slices += count;
  }

  Buffer table() const { return Buffer(entries); }
  Buffer counts() const { return Buffer(std::vector<int>{(int)entries.size(), num_slices}); }
};

inline void launch_gate_up(const ExpertShape& shape, unsigned grid, const Buffer& table, const Buffer& counts, const float* normed,
                           const int* row_of_grouped, float* h) {
  launch((std::string("expert_gate_up_") + name_of(shape.type)).c_str(), {grid}, 256, 0, table.at(), counts.at<int>(), normed,
         row_of_grouped, shape.hidden_size, shape.slice_width, h);
}

inline void launch_down(const ExpertShape& shape, unsigned grid, const Buffer& table, const Buffer& counts, const float* h, float* out) {
  launch((std::string("expert_down_") + name_of(shape.type)).c_str(), {grid}, 256, 0, table.at(), counts.at<int>(), h,
         shape.hidden_size, shape.slice_width, out);
}
