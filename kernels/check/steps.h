// Rows of a step over a paged cache, drawn at random: what rotary embedding and attention read.
#pragma once

#include "harness.h"

// One sequence: its last `rows` positions are rows of the step.
struct SequenceRows {
  int length;
  int rows;
};

struct Step {
  std::vector<int> positions;
  std::vector<int> sequence_of_row;
  std::vector<int> block_tables;
  int block_tokens;
  int table_stride = 0;
  int num_blocks = 0;

  Step(const std::vector<SequenceRows>& sequences, int block_tokens) : block_tokens(block_tokens) {
    for (const SequenceRows& s : sequences) {
      table_stride = std::max(table_stride, (s.length + block_tokens - 1) / block_tokens + 1);
    }
    // Blocks are dealt in a random order, and what a table has behind its sequence leads nowhere.
    for (const SequenceRows& s : sequences) {
      num_blocks += (s.length + block_tokens - 1) / block_tokens;
    }
    std::vector<int> blocks(num_blocks);
    const uint64_t seed = next_seed();
    for (int i = 0; i < num_blocks; i++) {
      blocks[i] = i;
      std::swap(blocks[i], blocks[below(seed, i, i + 1)]);
    }
    block_tables.assign(sequences.size() * table_stride, 0x3fffffff);
    for (size_t s = 0, next = 0; s < sequences.size(); s++) {
      for (int b = 0; b < (sequences[s].length + block_tokens - 1) / block_tokens; b++) {
        block_tables[s * table_stride + b] = blocks[next++];
      }
      for (int r = 0; r < sequences[s].rows; r++) {
        positions.push_back(sequences[s].length - sequences[s].rows + r);
        sequence_of_row.push_back((int)s);
      }
    }
  }

  int rows() const { return (int)positions.size(); }

  size_t cache_row(int sequence, int position) const {
    return (size_t)block_tables[sequence * table_stride + position / block_tokens] * block_tokens + position % block_tokens;
  }

  size_t cache_rows() const { return (size_t)num_blocks * block_tokens; }
};
