import Geometry
import Synchronization

/// Bodies at level 2, each generated once however many tests ask for it.
enum MadeBodies {
    private static let made = Mutex<[String: TemplateBody]>([:])

    static func named(_ species: String) throws -> TemplateBody {
        try made.withLock { made in
            if let body = made[species] { return body }
            let body = try TemplateBody.named(species)
            made[species] = body
            return body
        }
    }
}
