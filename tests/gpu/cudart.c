/*
 * CUDA's runtime for a machine without a card, as far as ONNX Runtime's CUDA provider calls it: memory of the "device" is
 * memory of the process, and kernels are accepted and do nothing. What is not here is in the generated file: it succeeds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int cudaError_t;
static int handle[64];
static const size_t TOTAL = (size_t)8 << 30, FREE = (size_t)7 << 30;

cudaError_t cudaGetDeviceCount(int *count) { *count = 1; return 0; }
cudaError_t cudaGetDevice(int *device) { *device = 0; return 0; }
cudaError_t cudaSetDevice(int device) { return 0; }
cudaError_t cudaDriverGetVersion(int *version) { *version = 13000; return 0; }
cudaError_t cudaRuntimeGetVersion(int *version) { *version = 13000; return 0; }

/* The head of CUDA 13's struct cudaDeviceProp, by its offsets; the rest is zero, 1,008 bytes in all. */
cudaError_t cudaGetDeviceProperties(char *properties, int device) {
  memset(properties, 0, 1008);
  strcpy(properties, "Stub GPU 0");
  *(size_t *)(properties + 288) = TOTAL;      /* totalGlobalMem */
  *(size_t *)(properties + 296) = 49152;      /* sharedMemPerBlock */
  *(int *)(properties + 304) = 65536;         /* regsPerBlock */
  *(int *)(properties + 308) = 32;            /* warpSize */
  *(int *)(properties + 320) = 1024;          /* maxThreadsPerBlock */
  for (int i = 0; i < 3; i++) *(int *)(properties + 324 + 4 * i) = 1024;  /* maxThreadsDim */
  for (int i = 0; i < 3; i++) *(int *)(properties + 336 + 4 * i) = 65535; /* maxGridSize */
  *(int *)(properties + 360) = 9;             /* major */
  *(int *)(properties + 364) = 0;             /* minor */
  *(int *)(properties + 384) = 132;           /* multiProcessorCount */
  return 0;
}
cudaError_t cudaDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? 9 : attribute == 16 ? 132 : attribute == 97 ? 232448 : 0;
  return 0;
}
cudaError_t cudaMemGetInfo(size_t *free, size_t *total) { *free = FREE; *total = TOTAL; return 0; }
cudaError_t cudaMalloc(void **pointer, size_t bytes) {
  *pointer = aligned_alloc(256, (bytes + 255) / 256 * 256);
  return 0;
}
cudaError_t cudaFree(void *pointer) { free(pointer); return 0; }
cudaError_t cudaHostAlloc(void **pointer, size_t bytes, unsigned flags) { return cudaMalloc(pointer, bytes); }
cudaError_t cudaMallocHost(void **pointer, size_t bytes) { return cudaMalloc(pointer, bytes); }
cudaError_t cudaFreeHost(void *pointer) { free(pointer); return 0; }
cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, int kind) { memcpy(to, from, bytes); return 0; }
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *stream) {
  memcpy(to, from, bytes);
  return 0;
}
cudaError_t cudaMemset(void *to, int value, size_t bytes) { memset(to, value, bytes); return 0; }
cudaError_t cudaMemsetAsync(void *to, int value, size_t bytes, void *stream) { memset(to, value, bytes); return 0; }
cudaError_t cudaStreamCreate(void **stream) { *stream = handle; return 0; }
cudaError_t cudaStreamCreateWithFlags(void **stream, unsigned flags) { *stream = handle; return 0; }
cudaError_t cudaEventCreate(void **event) { *event = handle; return 0; }
cudaError_t cudaEventCreateWithFlags(void **event, unsigned flags) { *event = handle; return 0; }
cudaError_t cudaStreamIsCapturing(void *stream, int *status) { *status = 0; return 0; }
const char *cudaGetErrorString(cudaError_t error) { return "stub error"; }
const char *cudaGetErrorName(cudaError_t error) { return "cudaErrorStub"; }
void **__cudaRegisterFatBinary(void *binary) { return (void **)handle; }
cudaError_t cudaPointerGetAttributes(int *attributes, const void *pointer) {
  memset(attributes, 0, 64);
  attributes[0] = 2; /* cudaMemoryTypeDevice */
  return 0;
}
#include "cudart.h"
