import Foundation
internal import GRDB

extension CatalogReader {
    /// One instance and what belongs to it; nil when there is none.
    public func instance(_ id: Int64) throws -> (record: InstanceRecord, parts: InstanceParts)? {
        var found: (InstanceRecord, InstanceParts)?
        try forEachInstance(InstanceQuery(after: id - 1, limit: 1)) { record, parts in
            if record.id == id { found = (record, parts) }
        }
        return found
    }
}

extension CatalogWriter {
    /// Writes the columns of an instance back.
    public func update(_ record: InstanceRecord) throws {
        try db.execute(
            sql: """
                UPDATE instance SET source_id = ?, category_id = ?, review = ?, x = ?, y = ?, w = ?, h = ?, area = ?, crowd = ?,
                    score = ?, priority = ?, track = ?, points = ?, template_id = ?, extra = ? WHERE id = ?
                """,
            arguments: [
                record.sourceID, record.categoryID, record.review.rawValue, record.box?.x, record.box?.y,
                record.box?.width,
                record.box?.height, record.area, record.isCrowd, record.score, record.priority, record.track,
                record.points, record.templateID, record.extra, record.id,
            ])
    }

    /// Replaces the mask of an instance.
    public func update(_ mask: MaskRecord, of instance: Int64) throws {
        try db.execute(
            sql: "UPDATE mask SET encoding = ?, height = ?, width = ?, data = ? WHERE instance_id = ?",
            arguments: [mask.encoding.rawValue, mask.height, mask.width, Data(mask.data), instance])
        if db.changesCount == 0 {
            var parts = InstanceParts()
            parts.mask = mask
            try InstanceInserter(self).add(parts, to: instance)
        }
    }

    /// Deletes an instance and all that belongs to it; the history keeps it.
    public func deleteInstance(_ id: Int64) throws {
        // One by one, so that each table logs its own row.
        for table in ["mask", "dense_points", "part_masks", "dense_map", "keypoints"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE instance_id = ?", arguments: [id])
        }
        try db.execute(sql: "DELETE FROM instance WHERE id = ?", arguments: [id])
    }

    /// Writes what was learned of a medium's file.
    public func update(_ medium: MediumRecord) throws {
        try db.execute(
            sql: """
                UPDATE medium SET width = ?, height = ?, bytes = ?, sha256 = ?, perceptual_hash = ?, orientation = ?,
                    captured_at = ?, camera = ?, latitude = ?, longitude = ?, site_id = ?, deployment_id = ?,
                    infrared = ? WHERE id = ?
                """,
            arguments: [
                medium.width, medium.height, medium.bytes, medium.sha256.map { Data($0) }, medium.perceptualHash,
                medium.orientation, medium.capturedAt, medium.camera, medium.latitude, medium.longitude, medium.siteID,
                medium.deploymentID, medium.infrared, medium.id,
            ])
    }
}
