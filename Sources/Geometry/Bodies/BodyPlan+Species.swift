extension BodyPlan {
    /// Every species, in the order in which lists show them.
    static let all: [BodyPlan] = [
        human, chimpanzee, gorilla, dog, cat, horse, cow, sheep, elephant, bear, zebra, giraffe, bird,
    ]
}
