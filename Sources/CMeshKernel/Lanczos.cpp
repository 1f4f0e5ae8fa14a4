#include "lanczos.h"

#include "Dispatch.h"
#include "SparseLDLT.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

extern "C" {
void dsyevd_(const char *, const char *, const int *, double *, const int *, double *, double *, const int *, int *,
    const int *, int *);
void openblas_set_num_threads(int);
}

struct MeshEigenpairs {
    int32_t below = 0;
    std::vector<double> values;
    std::vector<std::vector<double>> vectors;
};

namespace {

// Columns of a block; its rows are contiguous (row by row), so that a row is one register.
constexpr int b = 4;
constexpr int32_t panelRows = 256;

// h += Vᵀ W for one block of the basis.
INLINE void gramPanel(const double *__restrict v, const double *__restrict w, int32_t rows, double *__restrict h) {
    double sum[2][b][b] = {};
    int32_t r = 0;
    for (; r + 1 < rows; r += 2)
        for (int u = 0; u < 2; u++)
            for (int i = 0; i < b; i++)
                for (int j = 0; j < b; j++) sum[u][i][j] += v[(r + u) * b + i] * w[(r + u) * b + j];
    for (; r < rows; r++)
        for (int i = 0; i < b; i++)
            for (int j = 0; j < b; j++) sum[0][i][j] += v[r * b + i] * w[r * b + j];
    for (int i = 0; i < b; i++)
        for (int j = 0; j < b; j++) h[i * b + j] += sum[0][i][j] + sum[1][i][j];
}

// w += sign V h for one block of the basis.
INLINE void updatePanel(
    const double *__restrict v, double *__restrict w, int32_t rows, const double *__restrict h, double sign) {
    double c[b][b];
    for (int i = 0; i < b; i++)
        for (int j = 0; j < b; j++) c[i][j] = sign * h[i * b + j];
    for (int32_t r = 0; r < rows; r++) {
        double sum[b];
        for (int j = 0; j < b; j++) sum[j] = w[r * b + j];
        for (int i = 0; i < b; i++)
            for (int j = 0; j < b; j++) sum[j] += v[r * b + i] * c[i][j];
        for (int j = 0; j < b; j++) w[r * b + j] = sum[j];
    }
}

// Tall and skinny products by panels of rows that stay in the first cache: the basis streams by once.
KERNEL void gram(const double *const *basis, int32_t blocks, const double *w, int32_t n, double *h) {
    std::memset(h, 0, sizeof(double) * b * b * size_t(blocks));
    for (int32_t first = 0; first < n; first += panelRows) {
        const int32_t rows = std::min(panelRows, n - first);
        for (int32_t k = 0; k < blocks; k++)
            gramPanel(basis[k] + int64_t(first) * b, w + int64_t(first) * b, rows, h + k * b * b);
    }
}

KERNEL void update(const double *const *basis, int32_t blocks, double *w, int32_t n, const double *h, double sign) {
    for (int32_t first = 0; first < n; first += panelRows) {
        const int32_t rows = std::min(panelRows, n - first);
        for (int32_t k = 0; k < blocks; k++)
            updatePanel(basis[k] + int64_t(first) * b, w + int64_t(first) * b, rows, h + k * b * b, sign);
    }
}

class Lanczos {
  public:
    explicit Lanczos(const MeshLanczosProblem &p)
        : p(p), n(p.factor->order), state(p.seed), componentMass(p.components, 0.0), componentSum(p.components * b) {
        for (int32_t i = 0; i < n; i++) componentMass[p.component[i]] += p.rootMass[i] * p.rootMass[i];
    }

    std::unique_ptr<MeshEigenpairs> run() {
        const int32_t wanted = p.below + p.above;
        const int32_t available = std::max(0, n - p.components - p.lockedCount);
        const int32_t limit = std::min(available + b, 6 * wanted + 300);
        std::vector<double> w(size_t(n) * b);
        for (auto &x : w) x = random();
        deflate(w.data());
        double ignored[b * b];
        orthonormalize(w.data(), ignored);
        apply(w.data());
        orthonormalize(w.data(), ignored);
        push(w);
        int32_t nextTest = 2 * wanted + 24;
        while (true) {
            apply(w.data());
            const int32_t blocks = int32_t(pointers.size()), j = blocks - 1;
            std::vector<double> h(size_t(blocks) * b * b);
            // First against the two blocks that matter, then against all, for what rounding left.
            const int32_t near = std::max(0, j - 1);
            gram(pointers.data() + near, blocks - near, w.data(), n, h.data());
            update(pointers.data() + near, blocks - near, w.data(), n, h.data(), -1);
            std::vector<double> a(h.begin() + ptrdiff_t(j - near) * b * b, h.begin() + ptrdiff_t(j - near + 1) * b * b);
            gram(pointers.data(), blocks, w.data(), n, h.data());
            update(pointers.data(), blocks, w.data(), n, h.data(), -1);
            for (int i = 0; i < b * b; i++) a[i] += h[size_t(j) * b * b + i];
            for (int i = 0; i < b; i++)
                for (int k = 0; k <= i; k++) a[i * b + k] = a[k * b + i] = (a[i * b + k] + a[k * b + i]) / 2;
            diagonal.push_back(std::move(a));
            double r[b * b];
            const bool isExhausted = orthonormalize(w.data(), r) == 0;
            below.emplace_back(r, r + b * b);
            const int32_t size = blocks * b;
            if (isExhausted || size >= limit || size >= nextTest) {
                if (test(isExhausted) || isExhausted || size >= limit) break;
                nextTest = size + std::max(b, wanted / 8 / b * b);
            }
            push(w);
        }
        return ritz();
    }

  private:
    const MeshLanczosProblem &p;
    const int32_t n;
    uint64_t state;
    std::vector<double> componentMass, componentSum;
    std::vector<std::vector<double>> basis;
    std::vector<const double *> pointers;
    std::vector<std::vector<double>> diagonal, below;  // blocks of the projected matrix
    std::vector<double> theta, s;                      // its eigenpairs, one a row of s
    std::vector<int32_t> accepted;

    // SplitMix64, centred.
    double random() {
        uint64_t z = (state += 0x9E3779B97F4A7C15ull);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        return double((z ^ (z >> 31)) >> 11) * 0x1p-53 - 0.5;
    }

    void push(const std::vector<double> &w) {
        basis.push_back(w);
        pointers.push_back(basis.back().data());
    }

    // M^(1/2) (S - shift M)^-1 M^(1/2), away from what is known.
    void apply(double *w) {
        scale(w);
        mesh_factor_solve(p.factor, w, b);
        scale(w);
        deflate(w);
    }

    void scale(double *w) const {
        for (int32_t i = 0; i < n; i++)
            for (int c = 0; c < b; c++) w[int64_t(i) * b + c] *= p.rootMass[i];
    }

    void deflate(double *w) {
        std::fill(componentSum.begin(), componentSum.end(), 0.0);
        for (int32_t i = 0; i < n; i++)
            for (int c = 0; c < b; c++)
                componentSum[p.component[i] * b + c] += p.rootMass[i] * w[int64_t(i) * b + c];
        for (int32_t k = 0; k < p.components; k++)
            for (int c = 0; c < b; c++) componentSum[k * b + c] /= componentMass[k];
        for (int32_t i = 0; i < n; i++)
            for (int c = 0; c < b; c++)
                w[int64_t(i) * b + c] -= p.rootMass[i] * componentSum[p.component[i] * b + c];
        for (int32_t k = 0; k < p.lockedCount; k++) {
            double sum[b] = {};
            for (int32_t i = 0; i < n; i++)
                for (int c = 0; c < b; c++) sum[c] += p.locked[k][i] * w[int64_t(i) * b + c];
            for (int32_t i = 0; i < n; i++)
                for (int c = 0; c < b; c++) w[int64_t(i) * b + c] -= p.locked[k][i] * sum[c];
        }
    }

    // W = Q R by Gram and Schmidt, each column twice. A column that depends on the others is replaced by a new direction,
    // with a zero in R; returns how many columns were independent.
    int orthonormalize(double *w, double *r) {
        std::fill(r, r + b * b, 0.0);
        int independent = 0;
        for (int c = 0; c < b; c++) {
            const double before = norm(w, c);
            for (int pass = 0; pass < 2; pass++)
                for (int k = 0; k < c; k++) {
                    double sum = 0;
                    for (int32_t i = 0; i < n; i++) sum += w[int64_t(i) * b + k] * w[int64_t(i) * b + c];
                    for (int32_t i = 0; i < n; i++) w[int64_t(i) * b + c] -= sum * w[int64_t(i) * b + k];
                    r[k * b + c] += sum;
                }
            const double after = norm(w, c);
            largest = std::max(largest, after);
            if (after > 1e-10 * before && after > 1e-13 * largest) {
                r[c * b + c] = after;
                for (int32_t i = 0; i < n; i++) w[int64_t(i) * b + c] /= after;
                independent++;
            } else {
                replace(w, c);
            }
        }
        return independent;
    }

    double largest = 0;

    double norm(const double *w, int c) const {
        double sum = 0;
        for (int32_t i = 0; i < n; i++) sum += w[int64_t(i) * b + c] * w[int64_t(i) * b + c];
        return std::sqrt(sum);
    }

    void replace(double *w, int c) {
        std::vector<double> fresh(size_t(n) * b, 0.0), h(pointers.size() * b * b);
        for (int32_t i = 0; i < n; i++) fresh[size_t(i) * b] = random();
        for (int pass = 0; pass < 3; pass++) {
            deflate(fresh.data());
            gram(pointers.data(), int32_t(pointers.size()), fresh.data(), n, h.data());
            update(pointers.data(), int32_t(pointers.size()), fresh.data(), n, h.data(), -1);
            for (int k = 0; k < c; k++) {
                double sum = 0;
                for (int32_t i = 0; i < n; i++) sum += w[int64_t(i) * b + k] * fresh[size_t(i) * b];
                for (int32_t i = 0; i < n; i++) fresh[size_t(i) * b] -= sum * w[int64_t(i) * b + k];
            }
            const double size = norm(fresh.data(), 0);
            // Where the space is used up nothing is left but zero.
            const double factor = size > 1e-8 ? 1 / size : 0;
            for (int32_t i = 0; i < n; i++) fresh[size_t(i) * b] *= factor;
        }
        for (int32_t i = 0; i < n; i++) w[int64_t(i) * b + c] = fresh[size_t(i) * b];
    }

    // Eigenpairs of the projected matrix; true when those that were asked for, the nearest to the shift, have converged.
    bool test(bool isExhausted) {
        const int32_t blocks = int32_t(diagonal.size()), size = blocks * b;
        s.assign(size_t(size) * size, 0.0);
        for (int32_t k = 0; k < blocks; k++)
            for (int i = 0; i < b; i++)
                for (int j = 0; j < b; j++) {
                    s[size_t(k * b + i) * size + k * b + j] = diagonal[k][i * b + j];
                    if (k + 1 < blocks) {
                        s[size_t((k + 1) * b + i) * size + k * b + j] = below[k][i * b + j];
                        s[size_t(k * b + j) * size + (k + 1) * b + i] = below[k][i * b + j];
                    }
                }
        theta.resize(size);
        if (mesh_dense_eigenpairs(size, s.data(), theta.data()) != 0) throw std::bad_alloc();
        std::vector<char> converged(size);
        const double scale = std::max(std::fabs(theta.front()), std::fabs(theta.back()));
        for (int32_t k = 0; k < size; k++) {
            double residual = 0;
            for (int i = 0; i < b && !isExhausted; i++) {
                double sum = 0;
                for (int j = 0; j < b; j++) sum += below[blocks - 1][i * b + j] * s[size_t(k) * size + (blocks - 1) * b + j];
                residual += sum * sum;
            }
            // Replaced directions that found nothing more have eigenvalue zero.
            converged[k] = std::sqrt(residual) <= p.tolerance * std::fabs(theta[k]) && std::fabs(theta[k]) > 1e-12 * scale;
        }
        accepted.clear();
        int32_t low = 0, high = 0;
        // theta ascends: the first are the nearest below the shift, the last the nearest above.
        while (low < p.below && low < size && theta[low] < 0 && converged[low]) low++;
        while (high < p.above && high < size && theta[size - 1 - high] > 0 && converged[size - 1 - high]) high++;
        for (int32_t k = low - 1; k >= 0; k--) accepted.push_back(k);
        for (int32_t k = 0; k < high; k++) accepted.push_back(size - 1 - k);
        lowCount = low;
        return low == p.below && high == p.above;
    }

    int32_t lowCount = 0;

    std::unique_ptr<MeshEigenpairs> ritz() const {
        auto result = std::make_unique<MeshEigenpairs>();
        const int32_t blocks = int32_t(diagonal.size()), size = blocks * b;
        // Below the shift theta is negative: the nearest is the largest eigenvalue below it.
        auto order = accepted;
        std::sort(order.begin(), order.end(), [&](int32_t x, int32_t y) { return 1 / theta[x] < 1 / theta[y]; });
        result->below = lowCount;
        std::vector<double> out(size_t(n) * b), h(size_t(blocks) * b * b);
        for (size_t first = 0; first < order.size(); first += b) {
            const int count = int(std::min<size_t>(b, order.size() - first));
            std::fill(h.begin(), h.end(), 0.0);
            for (int c = 0; c < count; c++)
                for (int32_t i = 0; i < size; i++) h[size_t(i) * b + c] = s[size_t(order[first + c]) * size + i];
            std::fill(out.begin(), out.end(), 0.0);
            update(pointers.data(), blocks, out.data(), n, h.data(), 1);
            for (int c = 0; c < count; c++) {
                std::vector<double> x(n);
                double sum = 0;
                for (int32_t i = 0; i < n; i++) {
                    x[i] = out[size_t(i) * b + c];
                    sum += x[i] * x[i];
                }
                for (auto &value : x) value /= std::sqrt(sum);
                result->values.push_back(p.shift + 1 / theta[order[first + c]]);
                result->vectors.push_back(std::move(x));
            }
        }
        return result;
    }
};

}  // namespace

MeshEigenpairs *mesh_lanczos(const MeshLanczosProblem *problem) {
    try {
        return Lanczos(*problem).run().release();
    } catch (...) {
        return nullptr;
    }
}

void mesh_eigenpairs_free(MeshEigenpairs *pairs) { delete pairs; }
int32_t mesh_eigenpairs_count(const MeshEigenpairs *pairs) { return int32_t(pairs->values.size()); }
int32_t mesh_eigenpairs_below(const MeshEigenpairs *pairs) { return pairs->below; }
const double *mesh_eigenpairs_values(const MeshEigenpairs *pairs) { return pairs->values.data(); }
const double *mesh_eigenpairs_vector(const MeshEigenpairs *pairs, int32_t index) {
    return pairs->vectors[size_t(index)].data();
}

int32_t mesh_dense_eigenpairs(int32_t order, double *matrix, double *values) {
    try {
        int info = 0, none = -1, integerSize = 0;
        double workSize = 0;
        dsyevd_("V", "U", &order, matrix, &order, values, &workSize, &none, &integerSize, &none, &info);
        std::vector<double> work(static_cast<size_t>(workSize));
        std::vector<int> integers(static_cast<size_t>(integerSize));
        int length = int(work.size()), integerLength = int(integers.size());
        dsyevd_("V", "U", &order, matrix, &order, values, work.data(), &length, integers.data(), &integerLength, &info);
        return info;
    } catch (...) {
        return -1000;
    }
}

void mesh_use_one_blas_thread(void) { openblas_set_num_threads(1); }
