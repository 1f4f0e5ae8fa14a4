import ArgumentParser
import Synthesis

struct SynthFiguresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures", abstract: "Draw a small dataset of flat figures as files, to try things on.",
        discussion: """
            Writes FOLDER/images/*.png and FOLDER/densepose.json: boxes, masks, crowds, keypoints, the 14 part masks and
            dense points, in the format of DensePose-COCO. The same seed gives the same bytes.

            Example:
              annotate synth figures --pictures 24 --seed 1
              annotate import densepose figures/densepose.json --dataset figures --images figures/images
            """)

    @Argument(help: "The folder; made if it is missing.", completion: .directory)
    var folder = "figures"

    @Option(help: "How many pictures.")
    var pictures = 24

    @Option(help: "Seed of all that is drawn.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Size of the pictures in pixels.", valueName: "WxH"))
    var size = "320x240"

    func validate() throws {
        guard (1...1_000_000).contains(pictures) else { throw ValidationError("--pictures is 1 to 1000000") }
        guard PictureSize(size) != nil else { throw ValidationError("--size is like 320x240, each from 64 to 4096") }
    }

    func run() throws {
        var writer = FigureDatasetWriter(seed: seed)
        if let size = PictureSize(size) { (writer.width, writer.height) = (size.width, size.height) }
        print("wrote \(try writer.write(pictures, to: folder))")
    }
}
