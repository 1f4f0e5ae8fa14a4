/// Sparse and dense linear algebra of Geometry, over Eigen and OpenBLAS. No C++ exception leaves this door.
#ifndef MESH_KERNEL_H
#define MESH_KERNEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
