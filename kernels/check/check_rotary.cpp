// rotary_kv against the embedding written down in float64, the angle rounded to float32 as the contract says.
#include "checks.h"
#include "steps.h"

namespace {

struct Rows {
  const Buffer& positions;
  const Buffer& sequences;
  const Buffer& tables;
  const Buffer& count;
};

// rotary_kv_bf16 must leave in the cache what rotary_kv leaves, rounded.
void check_rounded(const std::vector<float>& projected, int stride, const Buffer& frequencies, float scaling, const Rows& rows,
                   const Step& step, int num_heads, int num_kv_heads, int head_dim, const std::vector<float>& keys,
                   const std::vector<float>& values, Comparison& compare) {
  const int query_width = num_heads * head_dim, kv_width = num_kv_heads * head_dim;
  const Buffer projected_d(projected), keys_d(keys.size() * 2), values_d(values.size() * 2);
  float* base = projected_d.at<float>();
  launch("rotary_kv_bf16", {(unsigned)(num_heads + num_kv_heads), (unsigned)step.rows() + 1}, (unsigned)(head_dim / 2 + 31) / 32 * 32,
         0, base, stride, base + query_width, stride, base + query_width + kv_width, stride, frequencies.at<float>(), scaling,
         rows.positions.at<int>(), rows.sequences.at<int>(), rows.tables.at<int>(), step.table_stride, step.block_tokens,
         rows.count.at<int>(), num_heads, num_kv_heads, head_dim, keys_d.at<uint16_t>(), values_d.at<uint16_t>());
  backend::synchronize();
  const auto rounded_keys = keys_d.get<uint16_t>(keys.size());
  const auto rounded_values = values_d.get<uint16_t>(values.size());
  for (int r = 0; r < step.rows(); r++) {
    const size_t at = step.cache_row(step.sequence_of_row[r], step.positions[r]) * kv_width;
    std::vector<uint16_t> got, expected;
    for (int i = 0; i < kv_width; i++) {
      got.push_back(rounded_keys[at + i]), expected.push_back(to_bf16(keys[at + i]));
      got.push_back(rounded_values[at + i]), expected.push_back(to_bf16(values[at + i]));
    }
    compare.same(got, expected);
  }
}

void check(int num_heads, int num_kv_heads, int head_dim, const Step& step) {
  const float scaling = 1.25f;
  const int rows = step.rows();
  const int query_width = num_heads * head_dim, kv_width = num_kv_heads * head_dim;
  const int stride = query_width + 2 * kv_width + 8;  // one projection for all three, and some more
  const auto projected = random_floats((size_t)(rows + 1) * stride);
  std::vector<float> frequencies(head_dim / 2);
  for (int i = 0; i < head_dim / 2; i++) {
    frequencies[i] = (float)std::pow(1e6, -2.0 * i / head_dim);
  }
  const Buffer projected_d(projected), frequencies_d(frequencies), positions(step.positions), sequences(step.sequence_of_row);
  const Buffer tables(step.block_tables), count(std::vector<int>{rows});
  const size_t cache_size = step.cache_rows() * kv_width;
  const Buffer keys(cache_size * 4), values(cache_size * 4);
  float* base = projected_d.at<float>();
  launch("rotary_kv", {(unsigned)(num_heads + num_kv_heads), (unsigned)rows + 1}, (unsigned)(head_dim / 2 + 31) / 32 * 32, 0, base,
         stride, base + query_width, stride, base + query_width + kv_width, stride, frequencies_d.at<float>(), scaling,
         positions.at<int>(), sequences.at<int>(), tables.at<int>(), step.table_stride, step.block_tokens, count.at<int>(), num_heads,
         num_kv_heads, head_dim, keys.at<float>(), values.at<float>());
  backend::synchronize();
  const auto out = projected_d.get<float>(projected.size());
  const auto key_cache = keys.get<float>(cache_size);
  const auto value_cache = values.get<float>(cache_size);
  Comparison compare(text("rotary_kv %d/%d heads of %d, %d rows, blocks of %d", num_heads, num_kv_heads, head_dim, rows, step.block_tokens));
  std::vector<float> same, expected_same;
  std::vector<bool> written(step.cache_rows(), false);
  for (int r = 0; r < rows; r++) {
    const size_t cached = step.cache_row(step.sequence_of_row[r], step.positions[r]);
    written[cached] = true;
    for (int head = 0; head < num_heads + num_kv_heads; head++) {
      const float* from = &projected[(size_t)r * stride + head * head_dim];
      const float* to = head < num_heads ? &out[(size_t)r * stride + head * head_dim]
                                         : &key_cache[cached * kv_width + (head - num_heads) * head_dim];
      const int half = head_dim / 2;
      for (int i = 0; i < half; i++) {
        const float angle = (float)step.positions[r] * frequencies[i];
        const double cosine = std::cos((double)angle) * scaling, sine = std::sin((double)angle) * scaling;
        const double tolerance = 16 * FLOAT_ERROR * scaling;
        compare.element(to[i], from[i] * cosine - from[half + i] * sine, tolerance);
        compare.element(to[half + i], from[half + i] * cosine + from[i] * sine, tolerance);
      }
    }
    for (int i = 0; i < kv_width; i++) {
      same.push_back(value_cache[cached * kv_width + i]);
      expected_same.push_back(projected[(size_t)r * stride + query_width + kv_width + i]);
    }
  }
  compare.same(same, expected_same);
  check_rounded(projected, stride, frequencies_d, scaling, {positions, sequences, tables, count}, step, num_heads, num_kv_heads, head_dim,
                key_cache, value_cache, compare);
  for (size_t row = 0; row < step.cache_rows(); row++) {
    if (!written[row]) {
      compare.untouched(std::vector<float>(&key_cache[row * kv_width], &key_cache[row * kv_width] + kv_width), 0);
      compare.untouched(std::vector<float>(&value_cache[row * kv_width], &value_cache[row * kv_width] + kv_width), 0);
    }
  }
  // Keys and values, the row behind the last, and what lies behind a row's values are left alone.
  compare.same(std::vector<float>(out.begin() + (size_t)rows * stride, out.end()),
               std::vector<float>(projected.begin() + (size_t)rows * stride, projected.end()));
}

}  // namespace

void check_rotary() {
  check(4, 2, 16, Step({{5, 1}, {40, 7}, {1, 1}}, 4));
  check(3, 1, 66, Step({{9, 9}}, 16));
  check(2, 2, 256, Step({{30000, 2}}, 64));
  if (run.real_sizes) {
    check(32, 8, 128, Step({{512, 512}}, 16));
    check(32, 8, 128, Step({{32000, 1}, {131000, 1}}, 32));
  }
}
