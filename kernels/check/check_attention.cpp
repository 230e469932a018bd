// attention_decode + attention_merge, and attention_prefill, against softmax attention in float64 over the same paged cache. Both must
// give every row the same bits whatever rows stand beside it. With the cache in float32 and in bf16; then attention_tensor, too.
#include "checks.h"
#include "steps.h"

namespace {

struct Heads {
  int num_heads;
  int num_kv_heads;
  int head_dim;
  int sliding_window;
};

enum CacheType { CACHE_F32, CACHE_BF16 };

// The cache as the device holds it; what it holds in bf16 is rounded in `values` too, so that both mean the same.
Buffer cache(std::vector<float>& values, CacheType type) {
  if (type == CACHE_F32) {
    return Buffer(values);
  }
  std::vector<uint16_t> rounded;
  for (float& value : values) {
    rounded.push_back(to_bf16(value));
    value = from_bf16(rounded.back());
  }
  return Buffer(rounded);
}

struct Problem {
  const Step& step;
  Heads heads;
  CacheType type;
  std::vector<float> query, keys, values;
  Buffer query_d, keys_d, values_d, positions, sequences, tables;

  Problem(const Step& step, Heads heads, CacheType type)
      : step(step),
        heads(heads),
        type(type),
        query(random_floats((size_t)step.rows() * heads.num_heads * heads.head_dim, 2.0f)),
        keys(random_floats(step.cache_rows() * heads.num_kv_heads * heads.head_dim, 2.0f)),
        values(random_floats(keys.size())),
        query_d(query),
        keys_d(cache(keys, type)),
        values_d(cache(values, type)),
        positions(step.positions),
        sequences(step.sequence_of_row),
        tables(step.block_tables) {}

  int width() const { return heads.num_heads * heads.head_dim; }
  float scale() const { return (float)(1 / std::sqrt((double)heads.head_dim)); }
};

std::string ending(CacheType type) { return type == CACHE_BF16 ? "_bf16" : ""; }

std::string decode_name(int head_dim, CacheType type) {
  const std::string name = head_dim <= 64 ? "attention_decode_64"
                           : head_dim % 4 != 0 ? "attention_decode_any"
                           : head_dim <= 128   ? "attention_decode_128"
                                               : "attention_decode_256";
  return name + ending(type);
}

std::string prefill_name(int head_dim, CacheType type) {
  const std::string name = head_dim <= 64 ? "attention_prefill_64" : head_dim <= 128 ? "attention_prefill_128" : "attention_prefill_256";
  return name + ending(type);
}

std::vector<float> decode(const Problem& p, int first, int end, int split_tokens, unsigned splits, std::vector<uint16_t>* rounded) {
  const int longest = *std::max_element(p.step.positions.begin(), p.step.positions.end()) + 1;
  const int max_splits = (longest + split_tokens - 1) / split_tokens;
  const int rows = end - first;
  const size_t pieces = (size_t)rows * p.heads.num_heads * max_splits;
  const Buffer partials(pieces * p.heads.head_dim * 4), stats(pieces * 2 * 4), range(std::vector<int>{first, end});
  const size_t size = (size_t)p.step.rows() * p.width();
  const Buffer out(size * 4), out16(size * 2);
  launch(decode_name(p.heads.head_dim, p.type).c_str(), {splits, (unsigned)p.heads.num_kv_heads, (unsigned)rows + 1}, 128, 0,
         p.query_d.at<float>(), p.width(), p.keys_d.at<float>(), p.values_d.at<float>(), p.positions.at<int>(), p.sequences.at<int>(),
         p.tables.at<int>(), p.step.table_stride, p.step.block_tokens, range.at<int>(), p.heads.num_heads, p.heads.num_kv_heads,
         p.heads.head_dim, p.heads.sliding_window, p.scale(), split_tokens, max_splits, partials.at<float>(), stats.at<float>());
  launch("attention_merge", {(unsigned)p.heads.num_heads, (unsigned)rows + 1}, 128, 0, partials.at<float>(), stats.at<float>(),
         p.positions.at<int>(), range.at<int>(), p.heads.num_heads, p.heads.head_dim, p.heads.sliding_window, split_tokens, max_splits,
         out.at<float>(), out16.at<uint16_t>());
  backend::synchronize();
  if (rounded) {
    *rounded = out16.get<uint16_t>(size);
  }
  return out.get<float>(size);
}

std::string tensor_name(int head_dim) { return head_dim <= 64 ? "attention_tensor_64" : "attention_tensor_128"; }

bool has_tensor(const Problem& p) { return p.type == CACHE_BF16 && p.heads.head_dim % 8 == 0 && p.heads.head_dim <= 128; }

std::vector<float> prefill(const Problem& p, const std::string& kernel, int first, int end, unsigned tiles, std::vector<uint16_t>* rounded) {
  const Buffer range(std::vector<int>{first, end});
  const size_t size = (size_t)p.step.rows() * p.width();
  const Buffer out(size * 4), out16(size * 2);
  const unsigned depth = (unsigned)(p.heads.head_dim + 7) / 8 * 8;
  const unsigned shared_bytes = kernel == tensor_name(p.heads.head_dim) ? 0 : 4 * (2 * 32 * (depth + 4) + 32 * 32);
  launch(kernel.c_str(), {tiles, (unsigned)p.heads.num_kv_heads}, 128, shared_bytes,
         p.query_d.at<float>(), p.width(), p.keys_d.at<float>(), p.values_d.at<float>(), p.positions.at<int>(), p.sequences.at<int>(),
         p.tables.at<int>(), p.step.table_stride, p.step.block_tokens, range.at<int>(), p.heads.num_heads, p.heads.num_kv_heads,
         p.heads.head_dim, p.heads.sliding_window, p.scale(), out.at<float>(), out16.at<uint16_t>());
  backend::synchronize();
  if (rounded) {
    *rounded = out16.get<uint16_t>(size);
  }
  return out.get<float>(size);
}

// rounding   of a query element and of a weight, beyond float32's
void compare_with_reference(Comparison& compare, const Problem& p, const std::vector<float>& out, size_t sample, double rounding) {
  const int head_dim = p.heads.head_dim;
  const int group = p.heads.num_heads / p.heads.num_kv_heads;
  const size_t units = (size_t)p.step.rows() * p.heads.num_heads;
  std::vector<double> expected(units * head_dim), tolerance(units * head_dim);
  parallel(units, [&](size_t unit) {
    if (unit % sample != 0) {
      return;
    }
    const int r = (int)(unit / p.heads.num_heads), head = (int)(unit % p.heads.num_heads);
    const int sequence = p.step.sequence_of_row[r], to = p.step.positions[r];
    const int from = p.heads.sliding_window > 0 ? std::max(0, to - p.heads.sliding_window + 1) : 0;
    std::vector<double> scores;
    double highest = -INFINITY, size = 0;
    const size_t stride = (size_t)p.heads.num_kv_heads * head_dim;
    const auto cached = [&](int position) { return p.step.cache_row(sequence, position) * stride + head / group * head_dim; };
    for (int position = from; position <= to; position++) {
      const Dot d = dot(&p.query[unit * head_dim], &p.keys[cached(position)], head_dim);
      scores.push_back(d.value * p.scale());
      highest = std::max(highest, scores.back());
      size = std::max(size, d.size * p.scale());
    }
    double total = 0;
    std::vector<double> sum(head_dim, 0.0), sizes(head_dim, 0.0);
    for (int position = from; position <= to; position++) {
      const double weight = std::exp(scores[position - from] - highest);
      total += weight;
      for (int d = 0; d < head_dim; d++) {
        sum[d] += weight * p.values[cached(position) + d];
        sizes[d] += weight * std::fabs(p.values[cached(position) + d]);
      }
    }
    // An error of a score is one of its weight; sums of many positions round step by step.
    const double relative = size * ((head_dim / 4 + 8) * 0x1p-24 + rounding) + ((to - from + 1) / 16 + 32) * 0x1p-24 + rounding;
    for (int d = 0; d < head_dim; d++) {
      expected[unit * head_dim + d] = sum[d] / total;
      tolerance[unit * head_dim + d] = 2 * relative * sizes[d] / total;
    }
  });
  for (size_t unit = 0; unit < units; unit++) {
    for (int d = 0; d < head_dim; d++) {
      const size_t i = unit * head_dim + d;
      if (unit % sample == 0) {
        compare.element(out[i], expected[i], tolerance[i]);
      } else {
        compare.element(std::isnan(out[i]) ? NAN : 0, 0, 0);
      }
    }
  }
}

std::vector<uint16_t> rounded_of(const std::vector<float>& values) {
  std::vector<uint16_t> rounded;
  for (float value : values) {
    rounded.push_back(to_bf16(value));
  }
  return rounded;
}

void check_prefill(const Problem& problem, const std::string& kernel, const std::string& name, size_t sample, double rounding) {
  const Step& step = problem.step;
  const int middle = step.rows() / 2;
  std::vector<uint16_t> rounded;
  const auto out = prefill(problem, kernel, 0, step.rows(), (unsigned)step.rows(), &rounded);
  Comparison compare(kernel + " " + name);
  compare_with_reference(compare, problem, out, sample, rounding);
  compare.same(rounded, rounded_of(out));
  const auto part = prefill(problem, kernel, middle, step.rows(), 2, nullptr);
  const size_t at = (size_t)middle * problem.width();
  compare.same(std::vector<float>(part.begin() + at, part.end()), std::vector<float>(out.begin() + at, out.end()));
}

void check_type(const Step& step, Heads heads, int split_tokens, size_t sample, CacheType type) {
  const Problem problem(step, heads, type);
  const std::string name = text("%d/%d heads of %d, %d rows, window %d%s", heads.num_heads, heads.num_kv_heads, heads.head_dim,
                                step.rows(), heads.sliding_window, type == CACHE_BF16 ? ", cache in bf16" : "");
  const int middle = step.rows() / 2;
  {
    std::vector<uint16_t> rounded;
    const auto out = decode(problem, 0, step.rows(), split_tokens, 3, &rounded);
    Comparison compare("attention_decode " + name);
    compare_with_reference(compare, problem, out, sample, 0);
    compare.same(rounded, rounded_of(out));
    // One row alone, with another grid: the same bits, and nothing else written.
    const auto alone = decode(problem, middle, middle + 1, split_tokens, 1, nullptr);
    const size_t at = (size_t)middle * problem.width();
    compare.same(std::vector<float>(alone.begin() + at, alone.begin() + at + problem.width()),
                 std::vector<float>(out.begin() + at, out.begin() + at + problem.width()));
    compare.untouched(alone, at + problem.width());
  }
  check_prefill(problem, prefill_name(heads.head_dim, type), name, sample, 0);
  if (has_tensor(problem)) {
    check_prefill(problem, tensor_name(heads.head_dim), name, sample, 0x1p-17);
  }
}

void check(const Step& step, Heads heads, int split_tokens, size_t sample = 1) {
  check_type(step, heads, split_tokens, sample, CACHE_F32);
  check_type(step, heads, split_tokens, sample, CACHE_BF16);
}

}  // namespace

void check_attention() {
  check(Step({{5, 1}, {40, 7}, {1, 1}, {70, 2}}, 4), {4, 2, 16, 0}, 16);
  check(Step({{45, 9}, {3, 3}}, 16), {5, 1, 66, 0}, 32);    // five heads a key/value head; not a multiple of four
  check(Step({{50, 5}, {33, 1}}, 8), {6, 2, 80, 7}, 16);    // a window that skips pieces
  check(Step({{20, 3}}, 32), {2, 2, 256, 0}, 64);
  check(Step({{20, 3}}, 32), {3, 3, 128, 5}, 8);
  check(Step({{37, 2}}, 16), {36, 1, 34, 0}, 16);           // more heads than a block has vectors
  check(Step({{37, 2}, {9, 1}}, 16), {8, 1, 250, 0}, 16);
  check(Step({{150, 15}, {70, 5}}, 16), {5, 1, 56, 0}, 64);  // several tiles of positions; five heads, which do not divide a block
  check(Step({{140, 10}}, 16), {4, 2, 128, 65}, 64);
  if (run.real_sizes) {
    check(Step({{96, 1}, {1000, 1}, {4097, 1}, {1, 1}, {32000, 1}}, 16), {32, 8, 128, 0}, 512);
    check(Step({{512, 512}}, 16), {32, 8, 128, 0}, 256, 13);
    check(Step({{2048, 600}, {64, 1}, {700, 100}}, 16), {32, 8, 128, 300}, 256, 29);
    check(Step({{3000, 40}}, 16), {32, 4, 64, 0}, 512, 3);
  }
}
