internal import GRDB

/// A condition on media or instances, from a text such as
/// `category in (dog, "polar bear") and (score >= 0.5 or not review = rejected) and has points`.
public struct Filter: Sendable {
    indirect enum Node: Sendable {
        case and([Node])
        case or([Node])
        case not(Node)
        case compare(FilterField, String, [DatabaseValue])
        case has(FilterPossession)
    }

    /// What rows the filter is asked of.
    enum Target { case instances, media }

    /// The text that it was read from.
    public let text: String
    let root: Node

    /// - Throws: `CatalogError.filter`, with the place of the mistake.
    public init(_ text: String) throws {
        self.text = text
        var parser = FilterParser(text)
        root = try parser.parse()
    }

    /// SQL for a WHERE clause over `medium` (and `instance`), with `arguments` in order.
    func sql(for target: Target) -> String { "(\(Self.sql(root, target)))" }

    var arguments: [DatabaseValue] { Self.arguments(root) }

    private static func sql(_ node: Node, _ target: Target) -> String {
        switch node {
        // Chains stay flat: SQLite's parser nests only so deep.
        case .and(let terms): return "(" + terms.map { sql($0, target) }.joined(separator: " AND ") + ")"
        case .or(let terms): return "(" + terms.map { sql($0, target) }.joined(separator: " OR ") + ")"
        // A comparison with an absent value is neither true nor false; its negation is true.
        case .not(let inner): return "NOT ifnull(\(sql(inner, target)), 0)"
        case .compare(let field, let comparison, _):
            return about(field.subject, target, field.condition(comparison))
        case .has(let possession):
            return about(possession.subject, target, possession.condition)
        }
    }

    /// Of media, a condition on instances asks whether there is one that fulfils it.
    private static func about(_ subject: FilterField.Subject, _ target: Target, _ condition: String) -> String {
        switch (subject, target) {
        case (.instance, .media):
            "EXISTS (SELECT 1 FROM instance WHERE instance.medium_id = medium.id AND \(condition))"
        case (.medium, _), (.instance, .instances): condition
        }
    }

    private static func arguments(_ node: Node) -> [DatabaseValue] {
        switch node {
        case .and(let terms), .or(let terms): terms.flatMap(arguments)
        case .not(let inner): arguments(inner)
        case .compare(let field, _, let values): (0..<field.repeats).flatMap { _ in values }
        case .has: []
        }
    }

    /// What can be asked, a line each, for help texts.
    public static var guide: String {
        let fields = FilterField.allCases.map { field in
            "  " + field.rawValue + String(repeating: " ", count: 13 - field.rawValue.count) + field.explanation
        }
        return """
            A filter compares fields with = != < <= > >= ~ or `in (a, b)`, asks `has points`, and combines with and, or,
            not and brackets: 'category in (dog, cat) and score >= 0.5 and not review = rejected'. Fields:
            \(fields.joined(separator: "\n"))
              has          \(FilterPossession.allCases.map(\.rawValue).joined(separator: ", "))
            """
    }
}
