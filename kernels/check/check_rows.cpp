// embed, rms_norm, swiglu, to_bf16, gather_rows: operations on rows, each with its reference.
#include "checks.h"
#include "harness.h"

namespace {

constexpr int SPARE_ROWS = 2;  // that the grid covers and the count does not

void check_embed(Type type, int vocab, int width, int rows) {
  const Weights table(type, (size_t)vocab * width, 1.0f);
  std::vector<int> tokens(rows);
  const uint64_t seed = next_seed();
  for (int r = 0; r < rows; r++) {
    tokens[r] = below(seed, r, vocab);
  }
  const Buffer table_d(table.bytes), tokens_d(tokens), count(std::vector<int>{rows});
  const Buffer x((size_t)(rows + SPARE_ROWS) * width * 4);
  launch((std::string("embed_") + name_of(type)).c_str(), {(unsigned)(rows + SPARE_ROWS)}, 256, 0, table_d.at(),
         tokens_d.at<int>(), count.at<int>(), width, x.at<float>());
  backend::synchronize();
  const auto out = x.get<float>((size_t)(rows + SPARE_ROWS) * width);
  std::vector<float> expected;
  for (int token : tokens) {
    expected.insert(expected.end(), &table.values[(size_t)token * width], &table.values[(size_t)token * width] + width);
  }
  Comparison compare(text("embed_%s [%d, %d], %d rows", name_of(type), vocab, width, rows));
  compare.same(out, expected);
  compare.untouched(out, expected.size());
}

void check_rms_norm(Type type, int width, int rows, bool indexed) {
  const float eps = 1e-5f;
  const int rows_of_x = indexed ? rows + 3 : rows;
  const auto x = random_floats((size_t)rows_of_x * width, 3.0f);
  const Weights weight(type, width, 1.0f);
  std::vector<int> index(rows);
  for (int r = 0; r < rows; r++) {
    index[r] = indexed ? rows_of_x - 1 - r : r;
  }
  const Buffer x_d(x), weight_d(weight.bytes), index_d(index), count(std::vector<int>{rows});
  const size_t size = (size_t)(rows + SPARE_ROWS) * width;
  const Buffer normed(size * 4), rounded(size * 2), mirror(size * 4);
  launch((std::string("rms_norm_") + name_of(type)).c_str(), {(unsigned)(rows + SPARE_ROWS)}, 256, 0, x_d.at<float>(),
         indexed ? index_d.at<int>() : (int*)nullptr, weight_d.at(), eps, count.at<int>(), width, normed.at<float>(),
         rounded.at<uint16_t>(), mirror.at<float>());
  backend::synchronize();
  const auto out = normed.get<float>(size);
  const auto out16 = rounded.get<uint16_t>(size);
  Comparison compare(text("rms_norm_%s width %d, %d rows%s", name_of(type), width, rows, indexed ? ", chosen" : ""));
  std::vector<float> same;
  std::vector<uint16_t> same16;
  for (int r = 0; r < rows; r++) {
    const float* from = &x[(size_t)index[r] * width];
    const double scale = 1 / std::sqrt(dot(from, from, width).value / width + eps);
    for (int i = 0; i < width; i++) {
      const double expected = from[i] * scale * weight.values[i];
      const float got = out[(size_t)r * width + i];
      compare.element(got, expected, std::fabs(expected) * (width / 256 + 16) * FLOAT_ERROR);
      same.push_back(got);
      same16.push_back(to_bf16(got));
    }
  }
  compare.same(mirror.get<float>(size), same);
  compare.same(out16, same16);
  compare.untouched(out, same.size());
  compare.untouched(out16, same.size());
}

void check_swiglu(int width, int rows) {
  const size_t size = (size_t)rows * width;
  auto gate = random_floats(size, 8.0f);
  const auto up = random_floats(size, 2.0f);
  gate[0] = -120.0f;  // exp overflows
  const Buffer gate_d(gate), up_d(up), count(std::vector<int>{rows});
  const Buffer h((size + width) * 4), rounded((size + width) * 2);
  launch("swiglu", {3}, 256, 0, gate_d.at<float>(), up_d.at<float>(), count.at<int>(), width, h.at<float>(), rounded.at<uint16_t>());
  backend::synchronize();
  const auto out = h.get<float>(size + width);
  const auto out16 = rounded.get<uint16_t>(size + width);
  Comparison compare(text("swiglu width %d, %d rows", width, rows));
  std::vector<uint16_t> same16;
  for (size_t i = 0; i < size; i++) {
    const double expected = gate[i] / (1 + std::exp(-(double)gate[i])) * up[i];
    compare.element(out[i], expected, std::fabs(expected) * 16 * FLOAT_ERROR + 1e-30);
    same16.push_back(to_bf16(out[i]));
  }
  compare.same(out16, same16);
  compare.untouched(out, size);
  compare.untouched(out16, size);
}

void check_to_bf16(int width, int rows) {
  const size_t size = (size_t)rows * width;
  auto from = random_floats(size, 100.0f);
  from[0] = bits_to_float(0x3f808000u);  // a tie goes to the even neighbour
  from[1] = bits_to_float(0x3f818000u);
  from[2] = bits_to_float(0x00000001u);
  from[3] = bits_to_float(0x7f7fffffu);  // rounds to infinity
  const Buffer from_d(from), count(std::vector<int>{rows}), to((size + width) * 2);
  launch("to_bf16", {2}, 256, 0, from_d.at<float>(), count.at<int>(), width, to.at<uint16_t>());
  backend::synchronize();
  std::vector<uint16_t> expected;
  for (float value : from) {
    expected.push_back(to_bf16(value));
  }
  Comparison compare(text("to_bf16 width %d, %d rows", width, rows));
  const auto out = to.get<uint16_t>(size + width);
  compare.same(out, expected);
  compare.untouched(out, size);
}

void check_gather(int width, int rows, int first, int count) {
  const auto normed = random_floats((size_t)rows * width);
  std::vector<int> row_of_grouped(first + count + 2, 0x7fffffff);  // what lies outside of the range must not be read
  const uint64_t seed = next_seed();
  for (int g = 0; g < count; g++) {
    row_of_grouped[first + g] = below(seed, g, rows);
  }
  const Buffer normed_d(normed), index(row_of_grouped), range(std::vector<int>{first, count});
  const size_t size = (size_t)count * width;
  const Buffer grouped((size + width) * 4), rounded((size + width) * 2);
  launch("gather_rows", {(unsigned)std::max(1, count - 1)}, 256, 0, normed_d.at<float>(), index.at<int>(), range.at<int>(), width,
         grouped.at<float>(), rounded.at<uint16_t>());
  backend::synchronize();
  std::vector<float> expected;
  std::vector<uint16_t> expected16;
  for (int g = 0; g < count; g++) {
    for (int i = 0; i < width; i++) {
      expected.push_back(normed[(size_t)row_of_grouped[first + g] * width + i]);
      expected16.push_back(to_bf16(expected.back()));
    }
  }
  Comparison compare(text("gather_rows width %d, %d of %d rows", width, count, rows));
  const auto out = grouped.get<float>(size + width);
  compare.same(out, expected);
  compare.untouched(out, size);
  compare.same(rounded.get<uint16_t>(size + width), expected16);
}

}  // namespace

void check_rows() {
  for (Type type : {Type::BF16, Type::F16, Type::F32}) {
    check_embed(type, 37, 100, 3);
    check_rms_norm(type, 100, 3, false);
    check_rms_norm(type, 333, 2, true);
  }
  check_swiglu(333, 3);
  check_to_bf16(333, 3);
  check_gather(100, 5, 3, 7);
  check_gather(33, 1, 0, 1);
  if (run.real_sizes) {
    check_embed(Type::BF16, 32000, 4096, 64);
    check_rms_norm(Type::BF16, 4096, 64, false);
    check_swiglu(1024, 512);
    check_to_bf16(4096, 512);
    check_gather(4096, 512, 100, 300);
  }
}
