// A libcublas.so.12 that opens and closes and refuses products: what the device needs of it without a GPU.
int cublasCreate_v2(void** handle) { static int there; *handle = &there; return 0; }
int cublasDestroy_v2(void* handle) { (void)handle; return 0; }
int cublasSetStream_v2(void* handle, void* stream) { (void)handle, (void)stream; return 0; }
int cublasSetWorkspace_v2(void* handle, void* workspace, unsigned long size) { (void)handle, (void)workspace, (void)size; return 0; }
int cublasGemmEx(void) { return 15; /* CUBLAS_STATUS_NOT_SUPPORTED */ }
