/// Sparse and dense linear algebra of Geometry, over Eigen and OpenBLAS. No C++ exception leaves this door.
#ifndef MESH_KERNEL_H
#define MESH_KERNEL_H

#include "dense.h"
#include "exact_geodesics.h"
#include "heat_tile.h"
#include "lanczos.h"
#include "nearest_rows.h"
#include "sparse_ldlt.h"

#endif
