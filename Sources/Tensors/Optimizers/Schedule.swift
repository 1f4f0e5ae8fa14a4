import Foundation

/// The learning rate over time, as a factor of the first one. A value: the same moment gives the same rate.
public enum Schedule: Codable, Equatable, Sendable {
    case constant
    /// 1 for `constant` epochs, then down to 0 over `decay` epochs, lowered after each (pix2pixHD: the first epoch of the
    /// decay still has the full rate).
    case linearDecay(constant: Int, decay: Int)
    /// Times `gamma` at every milestone (iterations); the first `warmupIterations` rise linearly from `warmupFactor`
    /// (detectron2's WarmupMultiStepLR).
    case multiStep(milestones: [Int], gamma: Double = 0.1, warmupIterations: Int = 0, warmupFactor: Double = 0.001)
    /// Linearly up over `warmup` iterations, then linearly down to 0 at `iterations`.
    case linear(iterations: Int, warmup: Int = 0)
    /// 1 / (1 + decay · iteration): linear style transfer.
    case inverse(decay: Double)
    /// Times `factor` when a watched metric has not fallen by `threshold` (relative) for more than `patience` epochs
    /// (`torch.optim.lr_scheduler.ReduceLROnPlateau`).
    case plateau(factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4)

    /// - Parameters:
    ///   - epoch: counted from 0.
    ///   - iteration: optimiser steps made before this one.
    public func factor(epoch: Int, iteration: Int, plateau: PlateauState = PlateauState()) -> Double {
        switch self {
        case .constant: return 1
        case .linearDecay(let constant, let decay):
            return max(0, 1 - Double(max(0, epoch - constant)) / Double(max(1, decay)))
        case .multiStep(let milestones, let gamma, let warmup, let warmupFactor):
            let passed = milestones.count { $0 <= iteration }
            let rise = iteration < warmup ? Double(iteration) / Double(warmup) : 1
            return pow(gamma, Double(passed)) * (warmupFactor * (1 - rise) + rise)
        case .linear(let iterations, let warmup):
            if iteration < warmup { return Double(iteration + 1) / Double(warmup + 1) }
            return max(0, Double(iterations - iteration) / Double(max(1, iterations - warmup)))
        case .inverse(let decay): return 1 / (1 + decay * Double(iteration))
        case .plateau: return plateau.factor
        }
    }

    /// Tells a plateau schedule of an epoch's metric, less being better. Nothing to the others.
    public func observe(_ metric: Double, _ state: inout PlateauState) {
        guard case .plateau(let factor, let patience, let threshold) = self else { return }
        let goal = state.best.map { $0 - threshold * abs($0) } ?? .infinity
        if metric < goal {
            (state.best, state.badEpochs) = (metric, 0)
        } else {
            state.badEpochs += 1
        }
        if state.badEpochs > patience { (state.factor, state.badEpochs) = (state.factor * factor, 0) }
    }
}

/// What a plateau schedule remembers.
public struct PlateauState: Codable, Equatable, Sendable {
    public var factor = 1.0
    public var best: Double?
    public var badEpochs = 0

    public init() {}
}
