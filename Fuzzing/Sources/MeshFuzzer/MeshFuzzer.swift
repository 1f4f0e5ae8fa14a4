import Geometry

/// One input of libFuzzer: its first byte chooses the format. Whatever the rest is, reading it ends with a mesh or an error that
/// names the place, a mesh can be checked, and what a repair gives can be checked again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMesh(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let formats = MeshFile.Format.allCases
    do {
        let mesh = try MeshFile.read(
            Array(bytes.dropFirst()), as: formats[Int(bytes[0]) % formats.count], path: "input")
        _ = try MeshCheck.report(on: mesh)
        _ = try MeshCheck.report(on: MeshRepair().repaired(mesh).mesh)
    } catch is MeshFileError {
    } catch is MeshError {
    } catch {
        fatalError("\(error)")
    }
    return 0
}
