/// Degrees and budgets of reasoning, each in the other's words, for providers that have one of them (llm-wire §8.8).
extension ReasoningSetting {
    /// The degree as a budget, unless there is one.
    mutating func sayEffortByMode() {
        guard mode == nil, let effort else { return }
        switch effort {
        case .none: mode = .off
        case .minimal, .low: mode = .budget(1_024)
        case .medium: mode = .budget(2_048)
        case .high: mode = .budget(4_096)
        case .xhigh, .max: mode = .budget(8_192)
        }
    }

    /// The budget as a degree, unless there is one.
    mutating func sayModeByEffort() {
        guard effort == nil, let mode else { return }
        switch mode {
        case .off: effort = ReasoningSetting.Effort.none
        case .adaptive: break
        case .budget(..<2_048): effort = .low
        case .budget(..<8_192): effort = .medium
        case .budget: effort = .high
        }
    }
}
