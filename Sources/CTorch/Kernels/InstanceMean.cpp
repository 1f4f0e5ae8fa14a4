#include <unordered_map>

#include "Kernels.h"
#include "Parallel.h"

namespace kindred {

template <typename Real>
void instanceMean(
    int64_t images, int64_t channels, int64_t pixels, const Real *features, const int64_t *instances, Real *means) {
    std::vector<int32_t> dense(pixels);
    std::vector<int64_t> areas;
    for (int64_t image = 0; image < images; ++image) {
        std::unordered_map<int64_t, int32_t> numbers;
        areas.clear();
        for (int64_t p = 0; p < pixels; ++p) {
            auto [entry, isNew] = numbers.try_emplace(instances[image * pixels + p], int32_t(areas.size()));
            if (isNew) areas.push_back(0);
            dense[p] = entry->second;
            ++areas[entry->second];
        }
        parallel(channels, 1, [&](int64_t from, int64_t to) {
            std::vector<double> sums(areas.size());
            for (int64_t c = from; c < to; ++c) {
                const Real *source = features + (image * channels + c) * pixels;
                Real *target = means + (image * channels + c) * pixels;
                std::fill(sums.begin(), sums.end(), 0.0);
                for (int64_t p = 0; p < pixels; ++p) sums[dense[p]] += source[p];
                for (size_t i = 0; i < sums.size(); ++i) sums[i] /= double(areas[i]);
                for (int64_t p = 0; p < pixels; ++p) target[p] = static_cast<Real>(sums[dense[p]]);
            }
        });
    }
}

template void instanceMean(int64_t, int64_t, int64_t, const float *, const int64_t *, float *);
template void instanceMean(int64_t, int64_t, int64_t, const double *, const int64_t *, double *);

}  // namespace kindred
