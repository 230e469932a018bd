// Runs a grid block after block; within a block one coroutine a thread. A thread runs until it waits for its warp or its block; who
// goes first is drawn anew for each block, so that a missing barrier shows.
#include <setjmp.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "cuda_emulated.h"
#include "emulation.h"

namespace emulated {
namespace {

constexpr size_t STACK = 128 << 10;

// Coroutines before this one, in the drawn order, cannot run until a rendezvous is full.
size_t first_to_look_at;

// A rendezvous: full when all that are still alive have come.
struct Meeting {
  int alive = 0;
  int arrived = 0;
  unsigned round = 0;
  unsigned char brought[2][LANES * MAX_EXCHANGE];

  void close_if_full() {
    if (arrived == alive && alive > 0) {
      arrived = 0;
      round++;
      first_to_look_at = 0;
    }
  }
};

// Where a stack goes on. swapcontext would do, but saves the signal mask as well: a system call at every turn, of which a check
// takes millions. So a context is only entered by it, and left and resumed by these.
struct Coroutine {
  ucontext_t context;
  jmp_buf resume;
  bool entered = false;
  Place place;
  Meeting* waits_for = nullptr;
  unsigned round = 0;
  bool ended = false;

  bool can_run() const { return !ended && (!waits_for || waits_for->round != round); }
};

struct Block {
  std::vector<Coroutine> threads;
  std::vector<Meeting> warps;
  Meeting all;
  std::vector<float> shared;
};

Block* block;
Coroutine* running;
jmp_buf scheduler;
const std::function<void()>* body;
std::vector<std::unique_ptr<char[]>> stacks;

// The running coroutine pauses.
void pause() {
  if (_setjmp(running->resume) == 0) {
    _longjmp(scheduler, 1);
  }
}

// Runs a coroutine until it pauses.
void run(Coroutine& next) {
  running = &next;
  if (_setjmp(scheduler) != 0) {
    return;
  }
  if (next.entered) {
    _longjmp(next.resume, 1);
  }
  next.entered = true;
  setcontext(&next.context);
}

void wait_at(Meeting& meeting) {
  running->waits_for = &meeting;
  running->round = meeting.round;
  meeting.arrived++;
  meeting.close_if_full();
  while (!running->can_run()) {
    pause();
  }
  running->waits_for = nullptr;
}

void leave(Meeting& meeting) {
  meeting.alive--;
  meeting.close_if_full();
}

void enter() {
  (*body)();
  leave(block->all);
  leave(block->warps[running->place.thread.x / LANES]);
  running->ended = true;
  pause();
}

// The first in the drawn order that can run does: some warps are always far ahead of others, as far as barriers let them.
void run_block(std::mt19937& random) {
  std::vector<Coroutine*> order;
  for (Coroutine& thread : block->threads) {
    order.push_back(&thread);
  }
  std::shuffle(order.begin(), order.end(), random);
  std::vector<unsigned> rank(block->warps.size());
  std::iota(rank.begin(), rank.end(), 0u);
  std::shuffle(rank.begin(), rank.end(), random);
  std::stable_sort(order.begin(), order.end(), [&](const Coroutine* a, const Coroutine* b) {
    return rank[a->place.thread.x / LANES] < rank[b->place.thread.x / LANES];
  });
  first_to_look_at = 0;
  for (size_t left = order.size(); left > 0;) {
    while (first_to_look_at < order.size() && !order[first_to_look_at]->can_run()) {
      first_to_look_at++;
    }
    if (first_to_look_at == order.size()) {
      std::fprintf(stderr, "a barrier that not all threads reach\n");
      std::abort();
    }
    run(*order[first_to_look_at]);
    left -= running->ended;
  }
}

}  // namespace

const Place& current() { return running->place; }

void* dynamic_shared() { return block->shared.data(); }

void sync_block() { wait_at(block->all); }

const unsigned char* exchange(const void* mine, size_t size) {
  const unsigned lane = running->place.thread.x % LANES;
  Meeting& warp = block->warps[running->place.thread.x / LANES];
  unsigned char* brought = warp.brought[warp.round % 2];
  if (size > 0) {
    std::memcpy(brought + lane * MAX_EXCHANGE, mine, size);
  }
  wait_at(warp);
  return brought;
}

void run_grid(Index grid, unsigned block_size, unsigned shared_bytes, const std::function<void()>& kernel) {
  static std::mt19937 random(12345);
  body = &kernel;
  while (stacks.size() < block_size) {
    stacks.emplace_back(new char[STACK]);
  }
  for (unsigned z = 0; z < grid.z; z++) {
    for (unsigned y = 0; y < grid.y; y++) {
      for (unsigned x = 0; x < grid.x; x++) {
        Block here;
        here.threads.resize(block_size);
        here.warps.resize((block_size + LANES - 1) / LANES);
        here.all.alive = (int)block_size;
        here.shared.assign(shared_bytes / sizeof(float) + 4, NAN);
        block = &here;
        for (unsigned t = 0; t < block_size; t++) {
          Coroutine& thread = here.threads[t];
          here.warps[t / LANES].alive++;
          thread.place = {{t, 0, 0}, {x, y, z}, {block_size, 1, 1}, grid};
          getcontext(&thread.context);
          thread.context.uc_stack.ss_sp = stacks[t].get();
          thread.context.uc_stack.ss_size = STACK;
          thread.context.uc_link = nullptr;
          makecontext(&thread.context, enter, 0);
        }
        run_block(random);
      }
    }
  }
}

}  // namespace emulated
