extension BodyPlan {
    /// Every species, in the order in which lists show them.
    static let all: [BodyPlan] = [human, chimpanzee]
}
