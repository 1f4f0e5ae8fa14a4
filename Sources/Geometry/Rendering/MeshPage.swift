import Foundation

/// A page with meshes that can be turned about, one file without any other: for people without a mesh viewer.
///
/// three.js (MIT) is taken from Debian's `libjs-three` and put into the page.
public struct MeshPage: Sendable {
    public var title: String
    public var items: [(name: String, mesh: TriangleMesh, coloring: SurfaceColoring)]
    /// Where three.js lies.
    public var library = "/usr/share/javascript/three/three.min.js"

    public init(title: String, items: [(name: String, mesh: TriangleMesh, coloring: SurfaceColoring)]) {
        self.title = title
        self.items = items
    }

    /// - Throws: `MeshFileError` when three.js is missing or the page cannot be written.
    public func write(to path: String) throws(MeshFileError) {
        guard let script = FileManager.default.contents(atPath: library) else {
            throw MeshFileError(path: library, problem: "three.js is not there (apt install libjs-three)")
        }
        let meshes = items.map(encoded).joined(separator: ",\n")
        let page = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
            <style>
            body { margin: 0; font: 14px system-ui, sans-serif; background: #f4f4f2; color: #2b2b2b; overflow: hidden }
            p { position: absolute; margin: 12px 16px; pointer-events: none }
            </style></head><body>
            <p>\(escaped(title))<br><small>drag to turn, wheel to zoom, right button to move</small></p>
            <script>\(String(decoding: script, as: UTF8.self).replacing("</script", with: "<\\/script"))</script>
            <script>
            const meshes = [\(meshes)];
            \(Self.viewer)
            </script></body></html>
            """
        do {
            try Data(page.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw MeshFileError(path: path, problem: "cannot be written: \((error as NSError).localizedDescription)")
        }
    }

    /// Corners of triangles one after another (colours may change at each), as base64 of 32-bit floats and bytes.
    private func encoded(_ item: (name: String, mesh: TriangleMesh, coloring: SurfaceColoring)) -> String {
        let (mesh, normals) = (item.mesh, item.mesh.vertexNormals())
        var places: [Float] = []
        var directions: [Float] = []
        var colors: [UInt8] = []
        for (index, triangle) in mesh.triangles.enumerated() {
            for c in 0..<3 {
                // A little inside, so that a corner between two charts gets this triangle's colour.
                var weights = SIMD3<Double>(repeating: 0.02)
                weights[c] = 0.96
                let color = item.coloring.color(
                    at: SurfacePoint(triangle: Int32(index), barycentric: weights), of: mesh)
                for axis in 0..<3 {
                    places.append(Float(mesh.positions[Int(triangle[c])][axis]))
                    directions.append(Float(normals[Int(triangle[c])][axis]))
                    colors.append(UInt8(min(max(color[axis], 0), 255)))
                }
            }
        }
        func base64<T>(_ values: [T]) -> String { values.withUnsafeBytes { Data($0).base64EncodedString() } }
        return "{position: \"\(base64(places))\", normal: \"\(base64(directions))\", color: \"\(base64(colors))\"}"
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static let viewer = """
        const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
        const renderer = new THREE.WebGLRenderer({antialias: true});
        renderer.setPixelRatio(devicePixelRatio);
        document.body.appendChild(renderer.domElement);
        const scene = new THREE.Scene();
        scene.background = new THREE.Color(0xf4f4f2);
        const group = new THREE.Group();
        let x = 0, radius = 0;
        for (const m of meshes) {
            const geometry = new THREE.BufferGeometry();
            const add = geometry.setAttribute ? "setAttribute" : "addAttribute";
            geometry[add]("position", new THREE.BufferAttribute(new Float32Array(bytes(m.position).buffer), 3));
            geometry[add]("normal", new THREE.BufferAttribute(new Float32Array(bytes(m.normal).buffer), 3));
            geometry[add]("color", new THREE.BufferAttribute(bytes(m.color), 3, true));
            geometry.computeBoundingBox();
            const box = geometry.boundingBox, width = box.max.x - box.min.x;
            const mesh = new THREE.Mesh(geometry, new THREE.MeshLambertMaterial({vertexColors: THREE.VertexColors || true, side: THREE.DoubleSide}));
            mesh.position.set(x - box.min.x, -(box.min.y + box.max.y) / 2, -(box.min.z + box.max.z) / 2);
            x += width * 1.15;
            radius = Math.max(radius, box.max.y - box.min.y, x);
            group.add(mesh);
        }
        group.children.forEach(mesh => mesh.position.x -= x / 2);
        scene.add(group, new THREE.HemisphereLight(0xffffff, 0x8c8880, 0.75));
        const lamp = new THREE.DirectionalLight(0xffffff, 0.55);
        scene.add(lamp);
        const camera = new THREE.PerspectiveCamera(30, 1, radius / 100, radius * 20);
        let yaw = 0.4, pitch = 0.15, away = radius * 2, target = new THREE.Vector3();
        function draw() {
            camera.position.set(Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)).multiplyScalar(away).add(target);
            camera.lookAt(target);
            lamp.position.copy(camera.position).add(new THREE.Vector3(0, radius, 0));
            renderer.render(scene, camera);
        }
        function resize() {
            renderer.setSize(innerWidth, innerHeight);
            camera.aspect = innerWidth / innerHeight;
            camera.updateProjectionMatrix();
            draw();
        }
        addEventListener("resize", resize);
        addEventListener("contextmenu", e => e.preventDefault());
        addEventListener("pointermove", e => {
            if (e.buttons & 1) {
                yaw -= e.movementX * 0.008;
                pitch = Math.max(-1.5, Math.min(1.5, pitch + e.movementY * 0.008));
            } else if (e.buttons & 2) {
                const scale = away * 0.0008;
                const right = new THREE.Vector3(Math.cos(yaw), 0, -Math.sin(yaw));
                target.addScaledVector(right, -e.movementX * scale);
                target.y += e.movementY * scale;
            } else return;
            draw();
        });
        addEventListener("wheel", e => { away *= Math.exp(e.deltaY * 0.001); draw(); });
        resize();
        """
}
