import Foundation
import Tensors

// Colorizer CATALOG DATASET FOLDER EPOCHS BATCH trains; Colorizer WEIGHTS INPUT OUTPUT colours a tensor.
do {
    let arguments = CommandLine.arguments.dropFirst().map { $0 }
    switch arguments.count {
    case 5:
        guard let epochs = Int(arguments[3]), let batchSize = Int(arguments[4]) else {
            throw TorchError("EPOCHS and BATCH are numbers")
        }
        try train(
            catalogPath: arguments[0], dataset: arguments[1], folder: arguments[2], epochs: epochs,
            batchSize: batchSize)
    case 3:
        try color(weights: arguments[0], input: arguments[1], output: arguments[2])
    default:
        FileHandle.standardError.write(
            Data("usage: Colorizer CATALOG DATASET FOLDER EPOCHS BATCH | WEIGHTS INPUT OUTPUT\n".utf8))
        exit(2)
    }
} catch {
    FileHandle.standardError.write(Data("Colorizer: \(error)\n".utf8))
    exit(1)
}
