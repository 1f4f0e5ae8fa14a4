#include "mesh_kernel.h"
