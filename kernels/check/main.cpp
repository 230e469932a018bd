// check FOLDER [--short] [--speed | --only-speed] [--seed N]
//
// Loads the kernels of FOLDER, checks every one against its reference, and with --speed measures them. Exit status 1 if anything failed.
#include <chrono>
#include <cstdlib>

#include "checks.h"
#include "harness.h"

Run run;

int main(int count, char** arguments) {
  bool check = true, speed = false;
  std::string folder;
  run.seed = (uint64_t)std::chrono::system_clock::now().time_since_epoch().count();
  for (int i = 1; i < count; i++) {
    const std::string argument = arguments[i];
    if (argument == "--short") {
      run.real_sizes = false;
    } else if (argument == "--speed") {
      speed = true;
    } else if (argument == "--only-speed") {
      speed = true;
      check = false;
    } else if (argument == "--seed" && i + 1 < count) {
      run.seed = std::strtoull(arguments[++i], nullptr, 10);
    } else if (folder.empty() && argument[0] != '-') {
      folder = argument;
    } else {
      std::fprintf(stderr, "unknown argument %s\n", argument.c_str());
      return 2;
    }
  }
  if (folder.empty()) {
    std::fprintf(stderr, "usage: check FOLDER [--short] [--speed | --only-speed] [--seed N]\n");
    return 2;
  }
  backend::open(folder);
  std::printf("%s; kernels of %s; seed %llu\n", backend::describe().c_str(), folder.c_str(), (unsigned long long)run.seed);
  if (check) {
    check_rows();
    check_rotary();
    check_attention();
    check_router();
    check_combine();
    check_linear();
    check_experts();
    check_untile();
    check_argmax();
    check_mailbox();
    std::printf("%d checks, %d failed\n", run.checks, run.failures);
  }
  if (speed) {
    measure_speed();
  }
  return run.failures > 0;
}
