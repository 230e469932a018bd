// Where kernels run: backend_cuda.cpp on a GPU through the driver API, as the service does, from the PTX or cubin files of a folder;
// backend_emulated.cpp on the CPU, from kernels compiled as C++.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

struct Shape {
  unsigned x = 1, y = 1, z = 1;
};

namespace backend {

// Loads every module in `folder`.
void open(const std::string& folder);

std::string describe();

void* allocate(size_t bytes);
void release(void* memory);
void upload(void* device, const void* host, size_t bytes);
void download(void* host, const void* device, size_t bytes);
void fill(void* device, unsigned char byte, size_t bytes);

// Waits for everything launched, and reports what went wrong in it.
void synchronize();

int multiprocessors();

#ifdef EMULATED
void* find(const char* kernel);
void run(Shape grid, unsigned block, unsigned shared_bytes, const std::function<void()>& body);
#else
void launch(const char* kernel, Shape grid, unsigned block, unsigned shared_bytes, void** arguments);

// Median time of one call of `work`, microseconds: calls are captured into a graph, `work` being given their number, and the graph
// is launched again and again.
double measure(int calls, const std::function<void(int)>& work);

// The same without a graph around it, for driver calls.
void copy(void* to, const void* from, size_t bytes);
#endif

}  // namespace backend

// Arguments must have the types of the kernel's parameters; pointers of any type.
template <class... Arguments>
void launch(const char* kernel, Shape grid, unsigned block, unsigned shared_bytes, Arguments... arguments) {
#ifdef EMULATED
  const auto entry = reinterpret_cast<void (*)(Arguments...)>(backend::find(kernel));
  backend::run(grid, block, shared_bytes, [=] { entry(arguments...); });
#else
  void* pointers[] = {&arguments...};
  backend::launch(kernel, grid, block, shared_bytes, pointers);
#endif
}
