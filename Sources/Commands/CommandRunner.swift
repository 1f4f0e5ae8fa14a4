import ArgumentParser
import Foundation

/// Runs a command and tells failures from wrong usage: a sentence and status 1 for the one, usage and 2 for the other.
public enum CommandRunner {
    public static func run(_ root: any AsyncParsableCommand.Type) async {
        do {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = root.exitCode(for: error)
            guard code == .success || error is ExitCode || isUsage(error, root) else {
                Terminal.error("\(root.configuration.commandName ?? "kindred"): \(sentence(error))")
                exit(1)
            }
            let message = root.fullMessage(for: error)
            if !message.isEmpty {
                if code == .success { print(message) } else { Terminal.error(message) }
            }
            exit(isUsage(error, root) && code != .success ? 2 : code.rawValue)
        }
    }

    private static func isUsage(_ error: any Error, _ root: any AsyncParsableCommand.Type) -> Bool {
        error is ValidationError || root.exitCode(for: error) == .validationFailure
    }

    /// Foundation's errors say what happened in their localised text; ours in their description.
    private static func sentence(_ error: any Error) -> String {
        if type(of: error) is NSError.Type || error is CocoaError { return (error as NSError).localizedDescription }
        return "\(error)"
    }
}
