// What the kernels reach at the sizes of Mixtral-8x7B, beside the bandwidth of a device copy measured in the same run. Bytes are what an
// operation must move at least: every weight, key, value and activation once. Weights rotate among enough copies to miss the L2 cache.
#include "checks.h"
#include "experts.h"
#include "steps.h"

#ifdef EMULATED
void measure_speed() { std::printf("emulated kernels have no speed worth measuring\n"); }
#else
namespace {

constexpr int HIDDEN = 4096;
constexpr size_t L2_AND_MORE = 200u << 20;

double ceiling;  // GB/s

void print(const std::string& name, double microseconds, double bytes, double operations) {
  const double rate = bytes / microseconds / 1e3;
  std::printf("%-64s %9.2f us %8.0f GB/s %5.1f %%", name.c_str(), microseconds, rate, 100 * rate / ceiling);
  if (operations > 0) {
    std::printf(" %8.2f TFLOP/s", operations / microseconds / 1e6);
  }
  std::printf("\n");
  std::fflush(stdout);
}

void measure_copy() {
  const size_t size = 1u << 30;
  const Buffer from(random_floats(size / 4)), to(size);
  for (int i = 0; i < 2; i++) {
    const double time = backend::measure(4, [&](int) { backend::copy(to.at(), from.at(), size); });
    ceiling = std::max(ceiling, 2 * size / time / 1e3);
  }
  std::printf("device copy of 1 GiB: %.0f GB/s read + written (the ceiling below)\n", ceiling);
}

unsigned blocks(int per_multiprocessor) { return (unsigned)(per_multiprocessor * backend::multiprocessors()); }

// `experts` resident experts, `rows` rows each.
void measure_experts(const ExpertShape& shape, int experts, int rows, int slices, int layout, int per_multiprocessor,
                     const std::vector<Buffer>& memory) {
  const int sets = std::max<int>(1, (int)(memory.size() / experts));
  const auto normed = random_floats((size_t)64 * shape.hidden_size);
  std::vector<int> index(experts * rows);
  for (size_t i = 0; i < index.size(); i++) {
    index[i] = (int)i % 64;
  }
  const Buffer normed_d(normed), index_d(index);
  std::vector<Buffer> tables, counts;
  for (int set = 0; set < sets; set++) {
    Work work;
    for (int e = 0; e < experts; e++) {
      work.add(memory[(set * experts + e) % memory.size()].at(), slices, e * rows, rows, e * rows, SET, layout);
    }
    tables.push_back(work.table());
    counts.push_back(work.counts());
  }
  const Buffer h(random_floats((size_t)experts * slices * ROOM_FOR_TOKENS * shape.slice_width));
  const Buffer out((size_t)experts * rows * shape.hidden_size * 4);
  const unsigned grid = blocks(per_multiprocessor);
  const auto gate_up = [&](int i) {
    launch_gate_up(shape, grid, tables[i % sets], counts[i % sets], normed_d.at<float>(), index_d.at<int>(), h.at<float>());
  };
  const auto down = [&](int i) { launch_down(shape, grid, tables[i % sets], counts[i % sets], h.at<float>(), out.at<float>()); };
  const double bytes = (double)experts * slices * shape.slice() * size_of(shape.type);
  const double operations = 2.0 * experts * slices * shape.slice() * rows;
  const std::string name = text("%d expert%s of %d slices, %2d rows%s, %d blocks/SM", experts, experts == 1 ? "" : "s", slices, rows,
                                layout == PACKED ? ", packed" : "", per_multiprocessor);
  const int calls = std::max(2 * sets, 4);
  print("gate_up " + name, backend::measure(calls, gate_up), bytes * 2 / 3, operations * 2 / 3);
  print("down    " + name, backend::measure(calls, down), bytes / 3, operations / 3);
  const double both = backend::measure(calls, [&](int i) {
    gate_up(i);
    down(i);
  });
  print("both    " + name, both, bytes, operations);
}

void measure_experts() {
  const ExpertShape shape = {Type::BF16, HIDDEN, 1024, 14};
  const Weights weights(shape.type, shape.elements(), 0.03f);
  std::vector<Buffer> memory;
  for (int i = 0; i < 8; i++) {
    memory.emplace_back(weights.bytes);
  }
  for (int per_multiprocessor : {2, 3, 4}) {
    measure_experts(shape, 2, 1, 14, ROW_MAJOR, per_multiprocessor, memory);
  }
  for (int rows : {1, 2, 4, 6, 8, 16}) {
    measure_experts(shape, 2, rows, 14, ROW_MAJOR, 2, memory);
  }
  measure_experts(shape, 1, 1, 14, ROW_MAJOR, 2, memory);
  measure_experts(shape, 8, 4, 14, ROW_MAJOR, 2, memory);
  measure_experts(shape, 1, 1, 1, ROW_MAJOR, 2, memory);
  for (int rows : {1, 8, 16}) {
    measure_experts(shape, 2, rows, 14, PACKED, 2, memory);
  }
  const Buffer untiled(shape.bytes());
  const int slices = 7;
  const double time = backend::measure(8, [&](int i) {
    launch("untile_slices", {blocks(8)}, 256, 0, memory[i].at(), slices, shape.hidden_size, shape.slice_width, untiled.at());
  });
  print(text("untile_slices, %d slices", slices), time, 2.0 * slices * shape.slice() * 2, 0);
}

void measure_linear(const char* name, Type type, std::vector<int> outputs, int rows, int per_multiprocessor) {
  outputs.resize(3, 0);
  const int all = outputs[0] + outputs[1] + outputs[2];
  const Weights weights(type, (size_t)all * HIDDEN, 0.03f);
  std::vector<Buffer> copies;
  for (size_t i = 0; i < L2_AND_MORE / weights.bytes.size() + 2; i++) {
    copies.emplace_back(weights.bytes);
  }
  const Buffer x(random_floats((size_t)rows * HIDDEN)), y((size_t)rows * all * 4), count(std::vector<int>{rows});
  const std::string kernel = std::string("linear_") + name_of(type);
  const double time = backend::measure((int)copies.size() * 2, [&](int i) {
    uint8_t* w = copies[i % copies.size()].at<uint8_t>();
    uint8_t* w1 = w + (size_t)outputs[0] * HIDDEN * size_of(type);
    uint8_t* w2 = w1 + (size_t)outputs[1] * HIDDEN * size_of(type);
    float* y0 = y.at<float>();
    launch(kernel.c_str(), {blocks(per_multiprocessor)}, 256, 0, w, outputs[0], y0, w1, outputs[1], y0 + rows * outputs[0], w2,
           outputs[2], y0 + rows * (outputs[0] + outputs[1]), x.at<float>(), count.at<int>(), HIDDEN, 0);
  });
  const double bytes = (double)weights.bytes.size() + ((double)all + HIDDEN) * rows * 4;
  print(text("linear_%s %s, %d rows, %d blocks/SM", name_of(type), name, rows, per_multiprocessor), time, bytes,
        2.0 * all * HIDDEN * rows);
}

struct Cache {
  Buffer keys, values;
  explicit Cache(size_t floats) : keys(random_floats(floats)), values(random_floats(floats)) {}
};

void measure_decode(int rows, int length, int split_tokens, unsigned splits) {
  const Step step(std::vector<SequenceRows>(rows, {length, 1}), 16);
  const size_t floats = step.cache_rows() * 1024;
  std::vector<Cache> caches;
  for (size_t i = 0; i < std::min<size_t>(L2_AND_MORE / (floats * 8) + 2, 16); i++) {
    caches.emplace_back(floats);
  }
  const int max_splits = (length + split_tokens - 1) / split_tokens;
  const Buffer query(random_floats((size_t)rows * HIDDEN)), positions(step.positions), sequences(step.sequence_of_row);
  const Buffer tables(step.block_tables), range(std::vector<int>{0, rows}), out((size_t)rows * HIDDEN * 4);
  const Buffer partials((size_t)rows * 32 * max_splits * 128 * 4), stats((size_t)rows * 32 * max_splits * 8);
  const double time = backend::measure((int)caches.size() * 2, [&](int i) {
    const Cache& cache = caches[i % caches.size()];
    launch("attention_decode_128", {splits, 8, (unsigned)rows}, 128, 0, query.at<float>(), HIDDEN, cache.keys.at<float>(),
           cache.values.at<float>(), positions.at<int>(), sequences.at<int>(), tables.at<int>(), step.table_stride, 16, range.at<int>(),
           32, 8, 128, 0, 0.088f, split_tokens, max_splits, partials.at<float>(), stats.at<float>());
    launch("attention_merge", {32, (unsigned)rows}, 128, 0, partials.at<float>(), stats.at<float>(), positions.at<int>(),
           range.at<int>(), 32, 128, 0, split_tokens, max_splits, out.at<float>(), (uint16_t*)nullptr);
  });
  print(text("attention_decode + merge, %d rows of %d, split %d, grid %u", rows, length, split_tokens, splits), time,
        (double)rows * length * 1024 * 8, 4.0 * rows * length * HIDDEN);
}

void measure_prefill(int length, int rows) {
  const Step step({{length, rows}}, 16);
  const Cache cache(step.cache_rows() * 1024);
  const Buffer query(random_floats((size_t)rows * HIDDEN)), positions(step.positions), sequences(step.sequence_of_row);
  const Buffer tables(step.block_tables), range(std::vector<int>{0, rows}), out((size_t)rows * HIDDEN * 4);
  const double time = backend::measure(4, [&](int) {
    launch("attention_prefill_128", {(unsigned)(rows + 7) / 8, 8}, 128, 4u * (2 * 32 * 132 + 32 * 32), query.at<float>(), HIDDEN,
           cache.keys.at<float>(), cache.values.at<float>(), positions.at<int>(), sequences.at<int>(), tables.at<int>(),
           step.table_stride, 16, range.at<int>(), 32, 8, 128, 0, 0.088f, out.at<float>(), (uint16_t*)nullptr);
  });
  double pairs = 0;
  for (int position : step.positions) {
    pairs += position + 1;
  }
  print(text("attention_prefill, rows %d of %d", rows, length), time, (double)length * 1024 * 8, 4 * pairs * HIDDEN);
  // The same memory, read as bf16.
  const double tensor_time = backend::measure(4, [&](int) {
    launch("attention_tensor_128", {(unsigned)(rows + 15) / 16, 8}, 128, 0, query.at<float>(), HIDDEN, cache.keys.at<uint16_t>(),
           cache.values.at<uint16_t>(), positions.at<int>(), sequences.at<int>(), tables.at<int>(), step.table_stride, 16,
           range.at<int>(), 32, 8, 128, 0, 0.088f, out.at<float>(), (uint16_t*)nullptr);
  });
  print(text("attention_tensor, rows %d of %d", rows, length), tensor_time, (double)length * 1024 * 4, 4 * pairs * HIDDEN);
}

// The small ones, launched as the step launches them: their time is what matters.
void measure_small(int rows) {
  const Buffer x(random_floats((size_t)rows * HIDDEN)), count(std::vector<int>{rows});
  const Buffer normed(random_floats((size_t)rows * HIDDEN)), rounded((size_t)rows * HIDDEN * 2);
  const Weights norm(Type::BF16, HIDDEN, 1.0f), router(Type::BF16, 8 * HIDDEN, 0.03f);
  const Buffer norm_d(norm.bytes), router_d(router.bytes), selected((size_t)rows * 8), chosen((size_t)rows * 8);
  const double activations = (double)rows * HIDDEN * 4;
  const int calls = 50;
  print(text("rms_norm_bf16, %d rows", rows), backend::measure(calls, [&](int) {
          launch("rms_norm_bf16", {(unsigned)rows}, 256, 0, x.at<float>(), (int*)nullptr, norm_d.at(), 1e-5f, count.at<int>(), HIDDEN,
                 normed.at<float>(), rounded.at<uint16_t>(), (float*)nullptr);
        }),
        activations * 2.5, 0);
  print(text("router_bf16, 8 experts, %d rows", rows), backend::measure(calls, [&](int) {
          launch("router_bf16", {(unsigned)rows}, 256, 32, normed.at<float>(), router_d.at(), count.at<int>(), HIDDEN, 8, 2, 1,
                 selected.at<int>(), chosen.at<float>(), (float*)nullptr);
        }),
        activations, 0);
  std::vector<int> part(rows * 2), none(rows * 2, 0);
  for (int i = 0; i < rows * 2; i++) {
    part[i] = i;
  }
  const Buffer parts(random_floats((size_t)rows * 2 * HIDDEN)), part_d(part), none_d(none), weight(random_floats(rows * 2));
  print(text("combine, top 2, %d rows", rows), backend::measure(calls, [&](int) {
          launch("combine", {HIDDEN / 256, (unsigned)rows}, 256, 0, parts.at<float>(), part_d.at<int>(), none_d.at<int>(),
                 none_d.at<int>(), none_d.at<int>(), weight.at<float>(), count.at<int>(), 2, HIDDEN, x.at<float>());
        }),
        activations * 4, 0);
  const Step step({{rows + 100, rows}}, 16);
  const Buffer projected(random_floats((size_t)rows * 6144)), frequencies(random_floats(64)), positions(step.positions);
  const Buffer sequences(step.sequence_of_row), tables(step.block_tables);
  const Buffer keys(step.cache_rows() * 4096), values(step.cache_rows() * 4096);
  float* base = projected.at<float>();
  print(text("rotary_kv, %d rows", rows), backend::measure(calls, [&](int) {
          launch("rotary_kv", {40, (unsigned)rows}, 64, 0, base, 6144, base + 4096, 6144, base + 5120, 6144, frequencies.at<float>(),
                 1.0f, positions.at<int>(), sequences.at<int>(), tables.at<int>(), step.table_stride, 16, count.at<int>(), 32, 8, 128,
                 keys.at<float>(), values.at<float>());
        }),
        (double)rows * 6144 * 8, 0);
  print(text("to_bf16, %d rows", rows), backend::measure(calls, [&](int) {
          launch("to_bf16", {blocks(4)}, 256, 0, x.at<float>(), count.at<int>(), HIDDEN, rounded.at<uint16_t>());
        }),
        activations * 1.5, 0);
  const Buffer logits(random_floats((size_t)rows * 32000)), tokens((size_t)rows * 4);
  print(text("argmax of 32000, %d rows", rows), backend::measure(calls, [&](int) {
          launch("argmax", {(unsigned)rows}, 1024, 0, logits.at<float>(), count.at<int>(), 32000, tokens.at<int>());
        }),
        (double)rows * 32000 * 4, 0);
}

}  // namespace

void measure_speed() {
  measure_copy();
  measure_experts();
  for (int per_multiprocessor : {2, 4}) {
    measure_linear("query, key, value", Type::BF16, {4096, 1024, 1024}, 1, per_multiprocessor);
    measure_linear("output projection", Type::BF16, {4096}, 1, per_multiprocessor);
    measure_linear("head of 32000", Type::BF16, {32000}, 1, per_multiprocessor);
  }
  for (int rows : {4, 8, 16}) {
    measure_linear("query, key, value", Type::BF16, {4096, 1024, 1024}, rows, 2);
    measure_linear("head of 32000", Type::BF16, {32000}, rows, 2);
  }
  measure_linear("output projection", Type::F16, {4096}, 1, 4);
  measure_linear("output projection", Type::F32, {4096}, 1, 4);
  measure_decode(1, 96, 256, 1);
  measure_decode(1, 4096, 256, 16);
  measure_decode(1, 32768, 256, 128);
  measure_decode(1, 32768, 512, 64);
  measure_decode(16, 1024, 256, 4);
  measure_decode(64, 512, 256, 2);
  measure_prefill(512, 512);
  measure_prefill(2048, 2048);
  measure_prefill(4096, 512);
  for (int rows : {1, 64, 512}) {
    measure_small(rows);
  }
}
#endif
