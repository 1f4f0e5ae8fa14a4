import ArgumentParser
import Catalog
import Commands

struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view", abstract: "Define which labels count and what their categories are called.",
        discussion: """
            A view changes no label; exports (and trainings) apply it by name.
            """,
        subcommands: [AddView.self, ListViews.self, RemoveView.self])

    struct AddView: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Define a view.",
            discussion: """
                Each --class names a category of the view and, after =, the names, numbers or ranges of numbers of the
                categories that it gathers; the order gives the new numbers. Categories that no class names are left out.

                Example:
                  annotate view add animals --class animal=16-25
                  annotate view add animals-and-people --class person --class animal=bird,cat,dog,horse,sheep,cow
                  annotate view add large --filter 'size = large and not crowd = yes'
                """)

        @Argument(help: "Name of the view.")
        var name: String

        @Option(name: .customLong("class"), help: ArgumentHelp("A category of the view.", valueName: "name=from,…"))
        var classes: [String] = []

        @Option(help: "Only instances that fulfil this filter (see `annotate list --help`).")
        var filter: String?

        @OptionGroup var catalog: CatalogOptions

        func validate() throws {
            guard !classes.isEmpty || filter != nil else { throw ValidationError("a view needs --class or --filter") }
        }

        func run() throws {
            let categories = classes.map { text in
                let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                let from = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : [parts[0]]
                return ViewDefinition.Class(name: parts[0], from: from)
            }
            let definition = ViewDefinition(categories: categories.isEmpty ? nil : categories, filter: filter)
            try catalog.open().write(command: CatalogOptions.commandLine) { writer in
                try writer.addView(named: name, definition)
                writer.summarize("view \(name)")
            }
            print("defined the view \(name)")
        }
    }

    struct ListViews: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the views.",
            discussion: """
                Example:
                  annotate view list
                """)

        @OptionGroup var catalog: CatalogOptions

        func run() throws {
            let views = try catalog.open().read { try $0.views() }
            Terminal.table(
                ["view", "classes", "filter"],
                views.map { view in
                    let classes = view.definition.categories?.map { "\($0.name) = \($0.from.joined(separator: ","))" }
                    return [view.name, classes?.joined(separator: "; ") ?? "all", view.definition.filter ?? ""]
                })
        }
    }

    struct RemoveView: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a view; labels stay as they are.",
            discussion: """
                Example:
                  annotate view remove animals
                """)

        @Argument(help: "Name of the view.")
        var name: String

        @OptionGroup var catalog: CatalogOptions

        func run() throws {
            try catalog.open().write(command: CatalogOptions.commandLine) { writer in
                try writer.removeView(named: name)
                writer.summarize("removed the view \(name)")
            }
            print("removed the view \(name)")
        }
    }
}
