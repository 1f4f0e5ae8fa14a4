import ArgumentParser
import Catalog
import Commands
import Foundation

struct RelocateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relocate", abstract: "Say where the pictures of a root are (now).",
        discussion: """
            Media are stored below named roots, so that a folder can move. `annotate list roots` shows them.

            Example:
              annotate relocate 'images of val' /data/coco/val2017
            """)

    @Argument(help: "The root's name.")
    var root: String

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw ValidationError("\(folder) is not a folder")
        }
        let path = URL(fileURLWithPath: folder).standardizedFileURL.path
        try catalog.open().write(command: CatalogOptions.commandLine) { writer in
            try writer.relocate(root: root, to: path)
            writer.summarize("\(root) is at \(path)")
        }
        print("\(root) is at \(path)")
    }
}
