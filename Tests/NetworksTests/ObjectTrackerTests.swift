import Networks
import Tensors
import Testing

@Suite struct ObjectTrackerTests {
    private func box(_ x: Float, _ y: Float = 0, side: Float = 20) -> BoxCorners {
        BoxCorners(x, y, x + side, y + side)
    }

    @Test func objectsKeepTheirNumbersWhileTheyPassEachOther() {
        var tracker = ObjectTracker()
        var first: [Int] = []
        var second: [Int] = []
        for step in 0..<30 {
            // One walks to the right, one to the left, a little lower; the order in which they are found changes.
            let right = box(Float(step) * 3)
            let left = box(90 - Float(step) * 3, 8)
            let found = tracker.next(step % 2 == 0 ? [right, left] : [left, right], categories: [0, 0])
            first.append(found[step % 2].track)
            second.append(found[1 - step % 2].track)
        }
        #expect(first == [Int](repeating: 1, count: 30))
        #expect(second == [Int](repeating: 2, count: 30))
    }

    @Test func anObjectThatWasHiddenForAWhileIsKnownAgain() {
        var tracker = ObjectTracker()
        for step in 0..<5 { #expect(tracker.next([box(Float(step) * 2)], categories: [0])[0].track == 1) }
        for _ in 0..<10 { #expect(tracker.next([], categories: []).isEmpty) }
        // Where it would be had it gone on.
        #expect(tracker.next([box(30)], categories: [0])[0].track == 1)
        for _ in 0..<20 { _ = tracker.next([], categories: []) }
        #expect(tracker.next([box(32)], categories: [0])[0].track == 2)
    }

    @Test func anotherClassOrAnotherPlaceIsAnotherObject() {
        var tracker = ObjectTracker()
        #expect(tracker.next([box(0)], categories: [0])[0].track == 1)
        #expect(tracker.next([box(0), box(100)], categories: [1, 0]).map(\.track) == [2, 3])
    }

    @Test func smoothingTakesTheTremorOutOfBoxes() {
        func tremor(_ smoothing: Double) -> Float {
            var tracker = ObjectTracker(smoothing: smoothing)
            var places: [Float] = []
            for step in 0..<60 {
                places.append(tracker.next([box(Float(step) + (step % 2 == 0 ? 1 : -1))], categories: [0])[0].box.x)
            }
            return places.enumerated().dropFirst(20).map { abs($1 - Float($0)) }.max()!
        }
        #expect(tremor(0) == 1)
        #expect(tremor(0.7) < 0.3)
    }
}
