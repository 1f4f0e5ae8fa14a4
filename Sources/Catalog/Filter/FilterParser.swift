internal import GRDB

/// Recursive descent over the words of a filter.
struct FilterParser {
    private struct Word {
        var text: String
        var position: Int
        var isQuoted: Bool
    }

    private let text: String
    private var words: [Word] = []
    private var next = 0
    private var depth = 0

    init(_ text: String) { self.text = text }

    mutating func parse() throws -> Filter.Node {
        words = try split()
        guard !words.isEmpty else { throw error(0, "the filter is empty") }
        let node = try disjunction()
        guard next == words.count else {
            throw error(words[next].position, "expected “and” or “or” here, found “\(words[next].text)”")
        }
        return node
    }

    // MARK: Words

    private func split() throws -> [Word] {
        var words: [Word] = []
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            let start = index
            if character.isWhitespace {
                index += 1
            } else if character == "\"" || character == "'" {
                index += 1
                while index < characters.count, characters[index] != character { index += 1 }
                guard index < characters.count else { throw error(start, "this quotation is not closed") }
                words.append(Word(text: String(characters[(start + 1)..<index]), position: start, isQuoted: true))
                index += 1
            } else if "(),".contains(character) {
                words.append(Word(text: String(character), position: start, isQuoted: false))
                index += 1
            } else if "=!<>~".contains(character) {
                index += 1
                if index < characters.count, characters[index] == "=" { index += 1 }
                words.append(Word(text: String(characters[start..<index]), position: start, isQuoted: false))
            } else {
                while index < characters.count, !characters[index].isWhitespace,
                    !"(),=!<>~\"'".contains(characters[index])
                {
                    index += 1
                }
                words.append(Word(text: String(characters[start..<index]), position: start, isQuoted: false))
            }
        }
        return words
    }

    private mutating func accept(_ keyword: String) -> Bool {
        guard next < words.count, !words[next].isQuoted, words[next].text.lowercased() == keyword else { return false }
        next += 1
        return true
    }

    private mutating func take(_ expected: String) throws -> Word {
        guard next < words.count else { throw error(text.count, "expected \(expected) here") }
        next += 1
        return words[next - 1]
    }

    private func error(_ position: Int, _ reason: String) -> CatalogError {
        .filter(text: text, position: position, reason: reason)
    }

    // MARK: Grammar

    private mutating func disjunction() throws -> Filter.Node {
        var terms = [try conjunction()]
        while accept("or") { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : .or(terms)
    }

    private mutating func conjunction() throws -> Filter.Node {
        var terms = [try negation()]
        while accept("and") { terms.append(try negation()) }
        return terms.count == 1 ? terms[0] : .and(terms)
    }

    private mutating func negation() throws -> Filter.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth < 20 else { throw error(words[min(next, words.count - 1)].position, "nested too deeply") }
        if accept("not") { return .not(try negation()) }
        if accept("(") {
            let node = try disjunction()
            guard accept(")") else {
                throw error(next < words.count ? words[next].position : text.count, "expected a closing bracket")
            }
            return node
        }
        return try comparison()
    }

    private mutating func comparison() throws -> Filter.Node {
        let word = try take("a field, “not”, “has” or a bracket")
        if word.text.lowercased() == "has" {
            let thing = try take("what it has")
            guard let possession = FilterPossession(rawValue: thing.text.lowercased()) else {
                let known = FilterPossession.allCases.map(\.rawValue).joined(separator: ", ")
                throw error(thing.position, "“\(thing.text)” is nothing to have; there are: \(known)")
            }
            return .has(possession)
        }
        guard let field = FilterField(rawValue: word.text.lowercased()) else {
            let known = FilterField.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(word.position, "there is no field “\(word.text)”; there are: \(known)")
        }
        if accept("in") {
            guard accept("(") else { throw error(words[next - 1].position, "expected a bracket after “in”") }
            var values: [DatabaseValue] = []
            repeat { values.append(try value(for: field)) } while accept(",")
            guard accept(")") else {
                throw error(next < words.count ? words[next].position : text.count, "expected a closing bracket")
            }
            guard field.kind != .size else { throw error(word.position, "compare size with = or !=") }
            return .compare(field, "IN (\(values.map { _ in "?" }.joined(separator: ", ")))", values)
        }
        let sign = try take("a comparison (= != < <= > >= ~ in)")
        if field.kind == .size { return try size(sign) }
        switch sign.text {
        case "=", "==": return .compare(field, "= ?", [try value(for: field)])
        // Of a picture in several datasets or splits, “is not” means that none of them is.
        case "!=": return .not(.compare(field, "= ?", [try value(for: field)]))
        case "<", "<=", ">", ">=": return .compare(field, "\(sign.text) ?", [try value(for: field)])
        case "~":
            guard field.kind == .text else { throw error(sign.position, "“~” looks into texts; \(field) is none") }
            let part = try take("a text")
            let escaped = part.text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing(
                "_", with: "\\_")
            return .compare(field, "LIKE ? ESCAPE '\\'", ["%\(escaped)%".databaseValue])
        default: throw error(sign.position, "expected a comparison (= != < <= > >= ~ in), found “\(sign.text)”")
        }
    }

    private mutating func value(for field: FilterField) throws -> DatabaseValue {
        let word = try take("a value")
        guard word.isQuoted || !["(", ")", ",", "and", "or", "not"].contains(word.text.lowercased()) else {
            throw error(word.position, "expected a value here; put “\(word.text)” in quotation marks if it is one")
        }
        switch field.kind {
        case .text, .size: return word.text.databaseValue
        case .number:
            guard let number = Double(word.text) else {
                throw error(word.position, "\(field) is compared with a number")
            }
            return number.databaseValue
        case .flag:
            switch word.text.lowercased() {
            case "yes", "true", "1": return 1.databaseValue
            case "no", "false", "0": return 0.databaseValue
            default: throw error(word.position, "\(field) is yes or no")
            }
        }
    }

    private mutating func size(_ sign: Word) throws -> Filter.Node {
        let word = try take("small, medium or large")
        let range: String
        switch word.text.lowercased() {
        case "small": range = "< 1024"
        case "medium": range = "BETWEEN 1024 AND 9216"
        case "large": range = "> 9216"
        default: throw error(word.position, "size is small, medium or large")
        }
        switch sign.text {
        case "=", "==": return .compare(.size, range, [])
        case "!=": return .not(.compare(.size, range, []))
        default: throw error(sign.position, "compare size with = or !=")
        }
    }
}
