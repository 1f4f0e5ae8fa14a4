import Foundation
import Geometry
import Testing

@Suite struct PoseTests {
    @Test(arguments: Skinning.allCases)
    func theDefaultPoseMovesNothing(skinning: Skinning) throws {
        let body = try MadeBodies.named("human")
        let moved = zip(body.posed(.rest, skinning: skinning), body.mesh.positions).count { distance($0, $1) >= 1e-12 }
        #expect(moved == 0)
    }

    @Test func anglesStayWithinTheJointsLimits() throws {
        let skeleton = try MadeBodies.named("human").skeleton
        let pose = skeleton.clamped(
            Pose(angles: ["leftKnee": [-40, 0, 0], "leftElbow": [400, 0, 0], "leftWing": [1, 1, 1]]))
        #expect(pose.angles["leftKnee"] == [0, 0, 0])
        #expect(pose.angles["leftElbow"] == [150, 0, 0])
        #expect(pose.angles["leftWing"] == nil)
    }

    @Test func aBentKneeCarriesTheFootBackwardsAndKeepsTheShanksLength() throws {
        let skeleton = try MadeBodies.named("human").skeleton
        let knee = try #require(skeleton.index(of: "leftKnee"))
        let ankle = try #require(skeleton.index(of: "leftAnkle"))
        let rest = skeleton.joints.map(\.position)
        let bent = skeleton.positions(Pose(angles: ["leftKnee": [90, 0, 0]]))
        #expect(bent[ankle].z < rest[ankle].z - 0.3)
        #expect(bent[ankle].y > rest[ankle].y + 0.3)
        #expect(abs(distance(bent[knee], bent[ankle]) - distance(rest[knee], rest[ankle])) < 1e-12)
    }

    @Test(arguments: Skinning.allCases, ["human", "dog"])
    func equalAnglesOnBothSidesGiveMirroredPoses(skinning: Skinning, species: String) throws {
        let body = try MadeBodies.named(species)
        let one = SIMD3(30.0, 5, 10)
        let posed = body.posed(
            Pose(angles: ["leftShoulder": one, "rightShoulder": one, "leftHip": one, "rightHip": one]),
            skinning: skinning)
        let astray = posed.indices.count { v in
            distance(posed[Int(body.mirror[v])] * SIMD3(-1, 1, 1), posed[v]) >= 2e-5
        }
        #expect(astray == 0)
    }

    /// A limb that turns about its own axis keeps its girth with dual quaternions; blended matrices wring it.
    @Test func aTwistedForearmKeepsItsGirth() throws {
        let body = try MadeBodies.named("human")
        let pose = Pose(angles: ["leftElbow": [0, 80, 0]])
        let elbow = try #require(body.skeleton.index(of: "leftElbow"))
        let mixed = body.weights.indices.filter { v in
            body.weights[v].count == 2
                && body.weights[v].contains { Int($0.bone) == elbow && abs($0.weight - 0.5) < 0.1 }
                && body.weights[v].contains { Int($0.bone) == elbow - 1 }
        }
        #expect(mixed.count > 10)
        func girth(_ positions: [SIMD3<Double>]) -> Double {
            let center = mixed.reduce(SIMD3.zero) { $0 + positions[$1] } / Double(mixed.count)
            return mixed.reduce(0) { $0 + distance(positions[$1], center) } / Double(mixed.count)
        }
        let before = girth(body.mesh.positions)
        let linear = girth(body.posed(pose, skinning: .linear))
        let dual = girth(body.posed(pose, skinning: .dualQuaternion))
        #expect(abs(dual - before) < abs(linear - before))
        #expect(abs(dual - before) < 0.05 * before)
    }

    @Test(arguments: ["human", "chimpanzee", "horse"])
    func everyClipRepeatsAndStaysOnTheGround(species: String) throws {
        let body = try MadeBodies.named(species)
        let clips = MotionClip.all.filter { $0.isForBipeds == body.standsOnTwoLegs }
        #expect(clips.count >= 2)
        for clip in clips {
            let (start, end) = (clip.pose(at: 0, of: body), clip.pose(at: clip.duration, of: body))
            #expect(start.angles.keys.sorted() == end.angles.keys.sorted())
            for moment in [0, 0.3, 0.7] {
                let posed = body.posed(clip.pose(at: moment * clip.duration, of: body), skinning: .linear)
                let lowest = posed.reduce(Double.infinity) { min($0, $1.y) }
                #expect(abs(lowest) < 1e-9, "\(clip.name)")
            }
            #expect(
                body.skeleton.motions(clip.pose(at: 0, of: body))
                    != body.skeleton.motions(clip.pose(at: 0.4 * clip.duration, of: body)))
        }
    }

    @Test func keypointsComeInTheOrderOfTheirDatasets() throws {
        let body = try MadeBodies.named("human")
        #expect(KeypointSet.coco17.points.count == 17)
        #expect(KeypointSet.body25.points.count == 25)
        #expect(KeypointSet.coco17.points[9].name == "left_wrist")
        let points = body.keypoints(.body25, positions: body.mesh.positions)
        #expect(!points.contains(nil))
        let nose = try #require(points[0])
        let heel = try #require(points[21])
        #expect(nose.y > 1.5 && nose.z > 0.08 && nose.x == 0)
        #expect(heel.y < 0.12 && heel.x > 0.05)
    }
}
