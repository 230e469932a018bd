// expert_gate_up and expert_down against float64, and the promises of the contract, bit for bit: a row alone or among others, packed
// or row-major weights, all slices at once or in pieces continued by ADD or summed from SEPARATE.
#include "../tile_packing.h"
#include "checks.h"
#include "experts.h"

std::vector<uint8_t> packed_slices(const ExpertShape& shape, const std::vector<uint8_t>& row_major) {
  std::vector<uint8_t> packed(row_major.size());
  const auto* from = reinterpret_cast<const uint16_t*>(row_major.data());
  auto* to = reinterpret_cast<uint16_t*>(packed.data());
  parallel(3 * (size_t)shape.num_slices, [&](size_t matrix) {
    const bool down = matrix % 3 == 2;
    const size_t rows = down ? shape.hidden_size : shape.slice_width, cols = down ? shape.slice_width : shape.hidden_size;
    pack_panels(from + matrix * shape.matrix(), to + matrix * shape.matrix(), cols, 0, rows / TILE_ROWS);
  });
  return packed;
}

namespace {

// What one launch of both kernels wrote.
struct Result {
  std::vector<float> h;    // [slices][16][sliceWidth]
  std::vector<float> out;  // [outRows, hiddenSize]
};

Result compute(const ExpertShape& shape, const Work& work, const Buffer& normed, const Buffer& index, const std::vector<float>& before,
               unsigned grid) {
  const Buffer table = work.table(), counts = work.counts();
  const size_t h_size = (size_t)work.num_slices * ROOM_FOR_TOKENS * shape.slice_width;
  const Buffer h(h_size * 4), out(before);
  launch_gate_up(shape, grid, table, counts, normed.at<float>(), index.at<int>(), h.at<float>());
  launch_down(shape, grid, table, counts, h.at<float>(), out.at<float>());
  backend::synchronize();
  return {h.get<float>(h_size), out.get<float>(before.size())};
}

double silu(double value) { return value / (1 + std::exp(-value)); }

void compare_gate_up(Comparison& compare, const ExpertShape& shape, const Weights& weights, const float* const* rows, int row_count,
                     int num_slices, const float* h, size_t sample) {
  const int width = shape.slice_width, depth = shape.hidden_size;
  const double error = product_error(shape.type, depth);
  const size_t columns = (size_t)num_slices * width;
  std::vector<double> expected(columns * row_count), tolerance(columns * row_count);
  parallel(columns, [&](size_t c) {
    if (c % sample != 0) {
      return;
    }
    const float* gate = &weights.values[c / width * shape.slice() + c % width * depth];
    for (int r = 0; r < row_count; r++) {
      const Dot g = dot(gate, rows[r], depth), u = dot(gate + shape.matrix(), rows[r], depth);
      expected[c * row_count + r] = silu(g.value) * u.value;
      tolerance[c * row_count + r] = 1.1 * g.size * error * std::fabs(u.value) + std::fabs(silu(g.value)) * u.size * error +
                                     1.1 * g.size * error * u.size * error + 16 * FLOAT_ERROR * std::fabs(expected[c * row_count + r]) +
                                     1e-30;
    }
  });
  for (size_t c = 0; c < columns; c++) {
    for (int r = 0; r < row_count; r++) {
      const float actual = h[(c / width * ROOM_FOR_TOKENS + r) * width + c % width];
      const size_t i = c * row_count + r;
      compare.element(c % sample == 0 ? actual : std::isnan(actual) ? NAN : 0, expected[i], tolerance[i]);
    }
  }
}

// y_s of one row of hidden outputs for the h that the device computed.
Dot down_of(const ExpertShape& shape, const Weights& weights, const float* h, int slice, int row, int output) {
  return dot(&weights.values[slice * shape.slice() + 2 * shape.matrix() + (size_t)output * shape.slice_width],
             h + ((size_t)slice * ROOM_FOR_TOKENS + row) * shape.slice_width, shape.slice_width);
}

std::vector<float> rows_of(const std::vector<float>& matrix, int first, int count, int width) {
  return std::vector<float>(matrix.begin() + (size_t)first * width, matrix.begin() + (size_t)(first + count) * width);
}

void check(const ExpertShape& shape, int row_count, size_t sample = 1) {
  const int H = shape.hidden_size, S = shape.num_slices, rows = 20;
  const Weights weights(shape.type, shape.elements(), (float)(2 / std::sqrt((double)H)));
  const auto normed = random_floats((size_t)rows * H);
  std::vector<int> index(3 + row_count, 0x7fffffff);
  const uint64_t seed = next_seed();
  std::vector<const float*> inputs;
  for (int r = 0; r < row_count; r++) {
    index[3 + r] = below(seed, r, rows);
    inputs.push_back(&normed[(size_t)index[3 + r] * H]);
  }
  const Buffer weights_d(weights.bytes), normed_d(normed), index_d(index);
  const auto slices_from = [&](int slice) { return weights_d.at<uint8_t>(slice * shape.slice() * size_of(shape.type)); };
  const unsigned grid = 2u * backend::multiprocessors();
  const std::vector<float> poison((size_t)(row_count * (S + 1) + 2) * H, bits_to_float(0xffffffffu));
  const std::string name = text("%s %d x [%d x %d], %d rows", name_of(shape.type), S, shape.slice_width, H, row_count);

  Work set;
  set.add(slices_from(0), S, 3, row_count, 1, SET, ROW_MAJOR);
  const Result whole = compute(shape, set, normed_d, index_d, poison, grid);
  {
    Comparison compare("expert_gate_up " + name);
    compare_gate_up(compare, shape, weights, inputs.data(), row_count, S, whole.h.data(), sample);
  }
  Comparison compare("expert_down " + name);
  {
    const double error = product_error(shape.type, shape.slice_width);
    std::vector<double> expected((size_t)row_count * H), tolerance(expected.size());
    parallel(expected.size(), [&](size_t i) {
      if (i % sample == 0) {
        double size = 0;
        for (int s = 0; s < S; s++) {
          const Dot y = down_of(shape, weights, whole.h.data(), s, (int)(i / H), (int)(i % H));
          expected[i] += y.value;
          size += y.size;
        }
        tolerance[i] = size * (error + S * FLOAT_ERROR) + 1e-30;
      }
    });
    for (size_t i = 0; i < expected.size(); i++) {
      const float actual = whole.out[H + i];
      compare.element(i % sample == 0 ? actual : std::isnan(actual) ? NAN : 0, expected[i], tolerance[i]);
    }
    compare.untouched(rows_of(whole.out, 0, 1, H), 0);
    compare.untouched(whole.out, (size_t)(1 + row_count) * H);
  }
  const auto expected = rows_of(whole.out, 1, row_count, H);

  // A row alone, beside another entry that is bigger, on a grid of one block.
  Work alone;
  alone.add(slices_from(0), S, 3, row_count, 1 + S, SET, ROW_MAJOR);
  alone.add(slices_from(0), S, 3 + row_count - 1, 1, 0, SET, ROW_MAJOR);
  const Result single = compute(shape, alone, normed_d, index_d, poison, sample == 1 ? 1 : grid);
  compare.same(rows_of(single.out, 0, 1, H), rows_of(expected, row_count - 1, 1, H));
  compare.same(rows_of(single.out, 1 + S, row_count, H), expected);

  // Every slice by itself, in two entries; the sum in order.
  const int half = S / 2;
  Work separate;
  if (half > 0) {
    separate.add(slices_from(0), half, 3, row_count, 0, SEPARATE, ROW_MAJOR);
  }
  separate.add(slices_from(half), S - half, 3, row_count, half * row_count, SEPARATE, ROW_MAJOR);
  const Result parts = compute(shape, separate, normed_d, index_d, poison, grid);
  auto sum = rows_of(parts.out, 0, row_count, H);
  for (int s = 1; s < S; s++) {
    for (size_t i = 0; i < sum.size(); i++) {
      sum[i] += parts.out[(size_t)s * row_count * H + i];
    }
  }
  compare.same(sum, expected);
  compare.untouched(parts.out, (size_t)S * row_count * H);

  // The first slices, then the rest added to them.
  if (half > 0) {
    Work first, rest;
    first.add(slices_from(0), half, 3, row_count, 1, SET, ROW_MAJOR);
    rest.add(slices_from(half), S - half, 3, row_count, 1, ADD, ROW_MAJOR);
    const Result begun = compute(shape, first, normed_d, index_d, poison, grid);
    const Result continued = compute(shape, rest, normed_d, index_d, begun.out, grid);
    compare.same(rows_of(continued.out, 1, row_count, H), expected);
  }

  // As the CPU's lane packs them.
  if (shape.type == Type::BF16 && H % 32 == 0 && shape.slice_width % 32 == 0) {
    const Buffer packed_d(packed_slices(shape, weights.bytes));
    Work packed;
    packed.add(packed_d.at(), S, 3, row_count, 1, SET, PACKED);
    compare.same(rows_of(compute(shape, packed, normed_d, index_d, poison, grid).out, 1, row_count, H), expected);
  }
}

}  // namespace

void check_experts() {
  for (int rows : {1, 4, 5, 8, 11, 16}) {
    check({Type::BF16, 64, 32, 5}, rows);
    check({Type::BF16, 72, 24, 2}, rows);  // neither a full step nor a full band
  }
  check({Type::BF16, 288, 96, 9}, 3);
  check({Type::BF16, 50, 18, 3}, 6);  // the plain path
  check({Type::BF16, 40, 7, 1}, 2);   // tensor cores for one half only
  check({Type::F16, 72, 20, 3}, 5);
  check({Type::F32, 50, 18, 3}, 16);
  if (run.real_sizes) {
    for (int rows : {1, 2, 6, 16}) {
      check({Type::BF16, 4096, 1024, 14}, rows, 17);
    }
    check({Type::BF16, 2048, 192, 4}, 3);
    check({Type::F32, 1024, 512, 4}, 3);
  }
}
